package io.reseal.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.util.Bytes;
import io.reseal.CompromisedKeyException;
import io.reseal.DestroyedKeyException;
import io.reseal.IllegalTransitionException;
import io.reseal.NewerFormatException;
import io.reseal.SealingRefusedException;
import io.reseal.SuspendedKeyException;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every key version at one generation of the key store, with the ciphers of those that may be used. Immutable. */
public final class Keyring {

    /** Before the first reading. */
    static final Keyring EMPTY = new Keyring(StoredKeys.NONE, List.of(), Optional.empty());

    private final StoredKeys stored;
    private final Collection<Entry> all;
    private final Optional<String> refusal;
    private final Map<Integer, Entry> entries = new TreeMap<>();
    private final Map<KeyType, Entry> active;
    private final Map<KeyId, Instant> refused = new HashMap<>();

    /** @param refusal why nothing may be sealed or changed on the basis of this keyring */
    Keyring(StoredKeys stored, Collection<Entry> entries, Optional<String> refusal) {
        this.stored = stored;
        this.all = entries;
        this.refusal = refusal;
        entries.forEach(entry -> this.entries.put(entry.version().id().tinkKeyId(), entry));
        active = entries.stream()
                .filter(entry -> entry.version().state().seals())
                .collect(Collectors.toUnmodifiableMap(entry -> entry.version().type(), Function.identity()));
        entries.stream()
                .filter(entry -> entry.version().state() == KeyState.COMPROMISED)
                .map(entry -> StrictRefusal.of(this, entry.version().id()))
                .forEach(strict -> strict.since().ifPresent(since -> refused.put(strict.key(), since)));
    }

    /** A key version and its cipher, which is absent where the state or the format does not let it be used. */
    record Entry(KeyVersion version, int format, Bytes fingerprint, Optional<Aead> cipher) {

        static Entry of(WrappedKey key, Optional<Aead> cipher) {
            return new Entry(key.metadata(), key.format(), key.fingerprint(), cipher);
        }

        private boolean isOf(WrappedKey key) {
            return version.id().equals(key.metadata().id())
                    && format == key.format()
                    && fingerprint.equals(key.fingerprint());
        }
    }

    /** The cipher of the very same key, if this keyring has unwrapped it. */
    Optional<Aead> unwrapped(WrappedKey key) {
        return Optional.ofNullable(entries.get(key.metadata().id().tinkKeyId()))
                .filter(entry -> entry.isOf(key))
                .flatMap(Entry::cipher);
    }

    /** The same keys, for opening only. */
    Keyring refusing(String reason) {
        return new Keyring(stored, all, Optional.of(reason));
    }

    Optional<String> refusal() {
        return refusal;
    }

    /** @throws SealingRefusedException if nothing may be sealed or changed on the basis of this keyring */
    void requireCurrent() {
        if (refusal.isPresent()) {
            throw new SealingRefusedException(refusal.get(), null);
        }
    }

    /** The key store's generation that this keyring shows. */
    public long generation() {
        return stored.generation();
    }

    /** What was read; the material in it is wrapped. */
    StoredKeys stored() {
        return stored;
    }

    /** A record of the key store, if there is one. */
    public Optional<ProtectedRecord> record(String kind, String id) {
        return records(kind).stream().filter(record -> record.id().equals(id)).findFirst();
    }

    /** Every record of a kind, by id. */
    public List<ProtectedRecord> records(String kind) {
        return stored.records().stream()
                .filter(record -> record.kind().equals(kind))
                .sorted(Comparator.comparing(ProtectedRecord::id))
                .toList();
    }

    /** Every version of every key type, by type code and version. */
    public List<KeyVersion> versions() {
        return entries.values().stream().map(Entry::version).toList();
    }

    /** Every version of a key type, oldest first. */
    public List<KeyVersion> versions(KeyType type) {
        return versions().stream()
                .filter(version -> version.type().equals(type))
                .toList();
    }

    /** The version that seals, if the key type has one. */
    public Optional<KeyVersion> active(KeyType type) {
        return Optional.ofNullable(active.get(type)).map(Entry::version);
    }

    /** Whether it is the version that seals. */
    boolean isActive(KeyId key) {
        return active(key.type()).map(KeyVersion::id).equals(Optional.of(key));
    }

    /**
     * The cipher of the version that seals.
     *
     * @throws SealingRefusedException if there is none, or this release does not know its format
     */
    Aead sealing(KeyType type) {
        Entry entry = active.get(type);
        if (entry == null) {
            throw noActive(type);
        }
        return entry.cipher().orElseThrow(() -> new SealingRefusedException(newerFormat(entry), null));
    }

    /** Whether values under a compromised key are refused, by a {@link StrictRefusal}. */
    public boolean refuses(KeyId key) {
        return refused.containsKey(key);
    }

    /** That version, whatever its state. */
    public Optional<KeyVersion> version(KeyId id) {
        return Optional.ofNullable(entries.get(id.tinkKeyId())).map(Entry::version);
    }

    /** The number that the next version of a key type gets. */
    int nextVersion(KeyType type) {
        int floor = Recoveries.of(stored).floor(type.name());
        return 1 + versions(type).stream().map(KeyVersion::version).reduce(floor, Math::max);
    }

    /** Whether a version waits to be used that may have been used already, on a copy of the key store that was lost. */
    boolean isDoubtful(KeyVersion version) {
        return version.state() == KeyState.PRE_ACTIVE
                && version.version()
                        <= Recoveries.of(stored).floor(version.type().name());
    }

    /** @throws IllegalTransitionException if a version that waits may have been used already */
    void refuseDoubtful(KeyVersion version) {
        if (isDoubtful(version)) {
            throw new IllegalTransitionException("The key " + version.id()
                    + " waited to be used when the key store was recovered from an older copy: on the copy that was lost it may"
                    + " have been in use, or in other hands. Create another version, and mark this one compromised: then it"
                    + " opens what it sealed, and is destroyed once nothing is left under it");
        }
    }

    boolean holds(int tinkKeyId) {
        return entries.containsKey(tinkKeyId);
    }

    /** The state of a key this keyring holds. */
    KeyState state(int tinkKeyId) {
        return entry(tinkKeyId).version().state();
    }

    private Entry entry(int tinkKeyId) {
        Entry entry = entries.get(tinkKeyId);
        if (entry == null) {
            throw new AssertionError("asked for a key that this keyring does not hold");
        }
        return entry;
    }

    /** What opens, and the state of its key. */
    record Opening(KeyState state, Aead cipher) {}

    /**
     * What opens what was sealed under a key this keyring holds.
     *
     * @throws io.reseal.UnreadableValueException if the key's state or format forbids it
     */
    Opening opening(int tinkKeyId) {
        Entry entry = entry(tinkKeyId);
        KeyVersion version = entry.version();
        return switch (version.state()) {
            case SUSPENDED ->
                throw new SuspendedKeyException("The key " + version.id()
                        + " is suspended: values under it can be read again once the suspension is lifted");
            case PENDING_DESTROY, DESTROYED ->
                throw new DestroyedKeyException("The key " + version.id() + " is " + version.state()
                        + ": values under it can no longer be read");
            case COMPROMISED -> {
                requireOpening(version.id());
                yield opening(entry);
            }
            case PRE_ACTIVE, ACTIVE, DEACTIVATED -> opening(entry);
        };
    }

    private static Opening opening(Entry entry) {
        Aead cipher = entry.cipher().orElseThrow(() -> new NewerFormatException(newerFormat(entry)));
        return new Opening(entry.version().state(), cipher);
    }

    private void requireOpening(KeyId compromised) {
        Instant since = refused.get(compromised);
        if (since != null) {
            throw new CompromisedKeyException("The key " + compromised
                    + " is compromised, and nothing has been opened under it since " + since
                    + ", because two people decided so or it was suspended before. Two people can allow it:"
                    + " KeyRotation.strictRefusals()");
        }
    }

    static SealingRefusedException noActive(KeyType type) {
        return new SealingRefusedException(
                "The key type " + type + " has no active version: nothing can be sealed. Rotate the key type", null);
    }

    private static String newerFormat(Entry entry) {
        return "The key " + entry.version().id() + " uses format " + entry.format() + ", and this release knows up to "
                + KeyMaterial.FORMAT + ": upgrade Reseal on this node";
    }
}
