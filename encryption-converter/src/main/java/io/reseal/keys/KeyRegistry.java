package io.reseal.keys;

import com.google.crypto.tink.Aead;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.UnknownKeyException;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's live view of the key store. Safe for use by several threads.
 *
 * <p>A node looks for changes once per refresh interval, when it seals or opens. Once its knowledge is older than the lease it
 * refuses to seal until the key store answers, so that no node seals under a version that was retired more than a lease
 * ago. A key id that it does not know makes it look at once, at most once a second.
 */
public final class KeyRegistry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRegistry.class);
    private static final int ATTEMPTS = 50;

    private final KeyStore store;
    private final KeyTypes types;
    private final KeyMaterial material;
    private final Clock clock;
    private final KeyringCache cache;
    private final Duration refresh;
    private volatile @Nullable KeyringRefresher refresher;

    private KeyRegistry(KeyStore store, KeyTypes types, KeyMaterial material, ResealSettings settings, Clock clock) {
        this.store = store;
        this.types = types;
        this.material = material;
        this.clock = clock;
        this.refresh = settings.refresh();
        this.cache = new KeyringCache(this::load, store::generation, settings.refresh(), settings.lease(), clock);
    }

    /**
     * Opens the view and reads the key store once.
     *
     * @param store closed with this registry
     * @throws ResealConfigurationException if a stored key does not open under {@code kek}
     */
    public static KeyRegistry open(
            KeyStore store, KeyEncryption kek, KeyTypes types, ResealSettings settings, Clock clock) {
        KeyMaterial material = new KeyMaterial(settings.application(), settings.environment(), kek);
        return new KeyRegistry(store, types, material, settings, clock);
    }

    /**
     * Starts a daemon thread that looks for new keys once per refresh interval, until {@link #close}. Other threads then
     * read the key store only when the lease has lapsed, or for an unknown key: they may hold a connection of the pool that
     * the key store shares with the application.
     */
    public KeyRegistry refreshedInBackground() {
        refresher = KeyringRefresher.start(cache, refresh);
        return this;
    }

    /** The key types that this registry knows. */
    public KeyTypes types() {
        return types;
    }

    /** The keys as this node knows them, at most one refresh interval old while the key store answers. */
    public Keyring keyring() {
        return cache.current();
    }

    /** Reads the key store now, whatever the refresh interval says. */
    public Keyring refresh() {
        return cache.refresh();
    }

    /**
     * The version that seals values of {@code type} now.
     *
     * @throws SealingRefusedException if there is none, or the key store has not answered for a lease
     */
    public KeyId sealing(KeyType type) {
        return cache.leased()
                .active(type)
                .orElseThrow(() -> Keyring.noActive(type))
                .id();
    }

    /**
     * The cipher of a version that may seal.
     *
     * @throws SealingRefusedException if the version is not active, or the key store has not answered for a lease
     */
    public Aead sealingCipher(KeyId key) {
        Keyring keyring = cache.leased();
        if (!keyring.active(key.type()).map(KeyVersion::id).equals(Optional.of(key))) {
            throw new SealingRefusedException(
                    "The key " + key + " is not active: nothing new is sealed under it", null);
        }
        return keyring.sealing(key.type());
    }

    /**
     * The cipher of the version that seals values of {@code type} now.
     *
     * @throws SealingRefusedException as {@link #sealing}
     */
    public Aead sealingCipher(KeyType type) {
        return cache.leased().sealing(type);
    }

    /**
     * The cipher that opens values with this Tink key id in front.
     *
     * @throws io.reseal.UnreadableValueException if the key is unknown, or its state or format forbids opening
     */
    public Aead openingCipher(int tinkKeyId) {
        Keyring keyring = cache.current();
        if (!keyring.holds(tinkKeyId) && isPossible(tinkKeyId)) {
            keyring = cache.lookFor(tinkKeyId);
        }
        if (!keyring.holds(tinkKeyId)) {
            throw new UnknownKeyException(
                    "The value was sealed under " + describe(tinkKeyId) + ", which the key store does not hold."
                            + " Connect the key store that sealed it, or restore the key from a backup");
        }
        return keyring.opening(tinkKeyId);
    }

    /** The active version of {@code type}; its first version is made if there is none yet, by one node of many. */
    public KeyId ensureActive(KeyType type) {
        return attempt(keyring -> {
            if (keyring.active(type).isPresent()) {
                return keyring.active(type).map(KeyVersion::id);
            }
            List<KeyVersion> versions = keyring.versions(type);
            if (versions.isEmpty()) {
                create(type, keyring, new AuditEntry("reseal", "create", "first use of the key type"));
                return Optional.empty();
            }
            if (versions.size() == 1 && versions.get(0).state() == KeyState.PRE_ACTIVE) {
                KeyId first = versions.get(0).id();
                AuditEntry entry = new AuditEntry("reseal", "promote", "first use of the key type");
                store.apply(new KeyTransition.Promote(first, Optional.empty()), keyring.generation(), entry);
                return Optional.empty();
            }
            throw new SealingRefusedException(
                    "The key type " + type + " has versions, and none is active: rotate the key type", null);
        });
    }

    /**
     * Creates the successor of the active version, in state PRE_ACTIVE; one that already waits is returned instead.
     *
     * @param actor who asks for it
     * @param reason why, for the audit
     */
    public KeyId createSuccessor(KeyType type, String actor, String reason) {
        return attempt(keyring -> {
            Optional<KeyId> waiting = keyring.versions(type).stream()
                    .filter(version -> version.state() == KeyState.PRE_ACTIVE)
                    .map(KeyVersion::id)
                    .findFirst();
            return waiting.isPresent() ? waiting : create(type, keyring, new AuditEntry(actor, "create", reason));
        });
    }

    /**
     * Makes a PRE_ACTIVE version the active one; its predecessor becomes DEACTIVATED in the same transition. Promoting the
     * version that is active already changes nothing.
     *
     * @throws IllegalStateException if the version is neither PRE_ACTIVE nor ACTIVE
     */
    public KeyVersion promote(KeyId successor, String actor, String reason) {
        attempt(keyring -> {
            KeyState state = require(keyring, successor).state();
            if (state == KeyState.ACTIVE) {
                return Optional.of(successor);
            }
            if (state != KeyState.PRE_ACTIVE) {
                throw new IllegalStateException("The key " + successor + " is " + state + ": only a PRE_ACTIVE key"
                        + " becomes ACTIVE. Create a new version");
            }
            Optional<KeyId> predecessor = keyring.active(successor.type()).map(KeyVersion::id);
            boolean applied = store.apply(
                    new KeyTransition.Promote(successor, predecessor),
                    keyring.generation(),
                    new AuditEntry(actor, "promote", reason));
            return applied ? Optional.of(successor) : Optional.empty();
        });
        return require(refresh(), successor);
    }

    @Override
    public void close() {
        KeyringRefresher running = refresher;
        if (running != null) {
            running.close();
        }
        store.close();
    }

    private Optional<KeyId> create(KeyType type, Keyring keyring, AuditEntry entry) {
        KeyId id = new KeyId(type, keyring.nextVersion(type));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        KeyVersion metadata = new KeyVersion(id, KeyState.PRE_ACTIVE, now, Optional.empty(), Optional.empty());
        boolean applied =
                store.apply(new KeyTransition.Create(material.generate(metadata)), keyring.generation(), entry);
        return applied ? Optional.of(id) : Optional.empty();
    }

    /** Repeats a step on the newest keyring until it has an answer: another node may have been faster. */
    private KeyId attempt(Function<Keyring, Optional<KeyId>> step) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<KeyId> answer = step.apply(cache.refresh());
            if (answer.isPresent()) {
                cache.refresh();
                return answer.get();
            }
        }
        throw new KeyStoreUnavailableException(
                "The key store changed under " + ATTEMPTS + " attempts in a row: try again",
                new IllegalStateException("lost every race"));
    }

    private static KeyVersion require(Keyring keyring, KeyId id) {
        return keyring.versions(id.type()).stream()
                .filter(version -> version.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + id));
    }

    /** Ciphers at hand are used again: a new version must not make the KEK unwrap all others too. */
    private Keyring load(Keyring before) {
        StoredKeys stored = store.load();
        LOG.debug(
                "Read the key store at generation {}: {} keys",
                stored.generation(),
                stored.keys().size());
        return new Keyring(
                stored.generation(),
                stored.keys().stream().map(key -> entry(key, before)).toList());
    }

    private Keyring.Entry entry(WrappedKey key, Keyring before) {
        boolean usable = key.metadata().state().opens() && key.format() <= KeyMaterial.FORMAT;
        return Keyring.Entry.of(
                key, usable ? before.unwrapped(key).or(() -> Optional.of(material.unwrap(key))) : Optional.empty());
    }

    /** Damaged bytes mostly name key types that do not exist: no reason to ask the store. */
    private boolean isPossible(int tinkKeyId) {
        return types.withCode(tinkKeyId >>> 24).isPresent() && (tinkKeyId & KeyId.MAX_VERSION) != 0;
    }

    private String describe(int tinkKeyId) {
        int version = tinkKeyId & KeyId.MAX_VERSION;
        return types.withCode(tinkKeyId >>> 24).map(KeyType::name).orElse("a key type with code " + (tinkKeyId >>> 24))
                + " version " + version;
    }
}
