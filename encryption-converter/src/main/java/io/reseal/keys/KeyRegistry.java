package io.reseal.keys;

import com.google.crypto.tink.Aead;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's live view of the key store. Safe for use by several threads.
 *
 * <p>A node looks for changes once per refresh interval, when it seals or opens. From its first sealing on it is one of the
 * {@link KeyNodes}: it renews a lease each time, telling the others what it holds, and a promotion waits for it. Without a
 * lease it refuses to seal until the key store answers, so that no node seals under a version that was retired more than a
 * lease ago. A key id that it does not know makes it look at once, at most once a second.
 */
public final class KeyRegistry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRegistry.class);

    private final StoreAccess access;
    private final ClockWatch clock;
    private final KeyTypes types;
    private final KeyMaterial material;
    private final KeyringCache cache;
    private final NodeMembership membership;
    private final UsageBook usage;
    private final KeyCiphers ciphers;
    private final Indications indications;
    private final KeyLifecycle lifecycle;
    private final KeyRecords records;
    private final KeyDecisions decisions;
    private final AuditTrail trail;
    private final StatusWatch watch;
    private final Duration refresh;
    private volatile @Nullable KeyringRefresher refresher;

    private KeyRegistry(KeyStore store, KeyTypes types, KeysetWrapping wrapping, ResealSettings settings, Clock clock) {
        this.types = types;
        this.refresh = settings.refresh();
        StoreSealing sealing = new StoreSealing(wrapping);
        this.access = new StoreAccess(store, sealing, new RollbackWatch(settings.anchor(), sealing));
        this.material = new KeyMaterial(wrapping);
        this.clock = new ClockWatch(clock, store::now);
        this.membership = new NodeMembership(store, settings.lease());
        this.usage = new UsageBook(store, types, membership, clock);
        this.indications = new Indications(store, types, membership.name(), clock);
        KeyringReader reader = new KeyringReader(access, material, this.clock, membership);
        this.cache = new KeyringCache(reader, KeyringCache.Times.of(settings), clock);
        this.ciphers = new KeyCiphers(types, cache, usage);
        StoreChanges changes = new StoreChanges(access, cache);
        this.trail = new AuditTrail(store);
        KeyCreation creation = new KeyCreation(changes, material, this.clock, settings.policies());
        this.lifecycle = new KeyLifecycle(changes, creation, this.clock, trail);
        this.records = new KeyRecords(changes);
        this.decisions = new KeyDecisions(changes, this.clock, trail);
        this.watch = new StatusWatch(this::status);
    }

    /**
     * Opens the view and reads the key store once.
     *
     * @param store closed with this registry
     * @throws ResealConfigurationException if a stored key does not open under {@code kek}
     * @throws io.reseal.TamperedKeyStoreException if somebody other than Reseal changed what the key store holds
     */
    public static KeyRegistry open(
            KeyStore store, KeyEncryption kek, KeyTypes types, ResealSettings settings, Clock clock) {
        KeysetWrapping wrapping = new KeysetWrapping(settings.application(), settings.environment(), kek);
        return new KeyRegistry(store, types, wrapping, settings, clock);
    }

    /**
     * Starts a daemon thread that looks for new keys once per refresh interval, until {@link #close}. Other threads then
     * read the key store only when the lease has lapsed, or for an unknown key: they may hold a connection of the pool that
     * the key store shares with the application.
     */
    public KeyRegistry refreshedInBackground() {
        refresher = KeyringRefresher.start(cache, this::afterReading, refresh);
        return this;
    }

    /**
     * Joins the nodes that seal now, so that no application thread has to when it seals its first value. A key store that
     * does not answer, or may not be sealed under, is met again then.
     */
    public KeyRegistry readyToSeal() {
        cache.beginSealing();
        try {
            cache.refresh();
        } catch (ResealException e) {
            LOG.warn("This node seals nothing until it has joined the others", e);
        }
        return this;
    }

    private void afterReading() {
        usage.keep(cache.present());
        indications.keep(report().indicators());
        watch.look();
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
     * The cipher of a version that may seal, for one encryption.
     *
     * @throws SealingRefusedException if the version is not active, the key store has not answered for a lease, or the
     *     encryptions that it reserved are used up
     */
    public Aead sealingCipher(KeyId key) {
        return ciphers.sealing(key);
    }

    /**
     * The cipher of the version that seals values of {@code type} now, for one encryption.
     *
     * @throws SealingRefusedException as {@link #sealingCipher(KeyId)}
     */
    public Aead sealingCipher(KeyType type) {
        return ciphers.sealing(type);
    }

    /**
     * The cipher that opens values with this Tink key id in front, for one decryption.
     *
     * @throws io.reseal.UnreadableValueException if the key is unknown, or its state or format forbids opening
     */
    public Aead openingCipher(int tinkKeyId) {
        return opening(tinkKeyId).cipher();
    }

    Keyring.Opening opening(int tinkKeyId) {
        return ciphers.opening(tinkKeyId);
    }

    /** The active version of {@code type}; its first version is made if there is none yet, by one node of many. */
    public KeyId ensureActive(KeyType type) {
        return lifecycle.ensureActive(type);
    }

    /** The processes that seal. */
    public KeyNodes nodes() {
        return new KeyNodes(access.store());
    }

    /** How much was done under every key version, over all nodes; includes what this one did until now. */
    public List<KeyUsage> usage() {
        usage.write();
        return access.store().usage();
    }

    /** What every node did under every key version, in each hour from the one on that begins at {@code since} or later. */
    public List<KeyOperations> operations(Instant since) {
        usage.write();
        return access.store().operations(since);
    }

    /** The same, added up over the nodes. */
    public List<KeyHour> hours(Instant since) {
        usage.write();
        return access.store().hours(since);
    }

    /** Opens values of the column with this context, and counts what may point to a compromise. */
    public Openings openings(String context) {
        return new Openings(this, indications, context, false);
    }

    /** The same for whoever re-encrypts the column: that values under a compromised key are opened for this is no sign of one. */
    public Openings reencryptingOpenings(String context) {
        return new Openings(this, indications, context, true);
    }

    /**
     * What every node met that may point to a compromise, in each minute from the one on that begins at {@code since} or later;
     * includes what this one met until now.
     */
    public List<Indication> indications(Instant since) {
        indications.keep(report().indicators());
        return access.store().indications(since);
    }

    /** Changes the states of keys. */
    public KeyLifecycle lifecycle() {
        return lifecycle;
    }

    /** Tells the audit log what is no transition. */
    public AuditTrail trail() {
        return trail;
    }

    /** What the key store keeps beside the keys. */
    public KeyRecords records() {
        return records;
    }

    /** What is decided about keys by what the key store holds. */
    public KeyDecisions decisions() {
        return decisions;
    }

    /** Has every KEK unwrap a key that it wrapped: that this node has its keys says nothing about one that starts now. Takes as long as they do. */
    public List<KekAnswer> askKeks() {
        return KekAnswer.all(cache.present().stored(), material);
    }

    /** How this node stands to its key store, as it was read last. */
    public KeyStoreStatus status() {
        return report().status();
    }

    /** Why this node cannot seal, or does not know what the keys are now; empty if it can. Asks nobody. */
    public List<String> hindrances() {
        return report().hindrances();
    }

    /** Whether reading the key store has had no outcome for so long, neither an answer nor an error. Asks nobody. */
    public boolean isStuck(Duration patience) {
        return cache.isStuck(patience);
    }

    private StatusReport report() {
        return new StatusReport(access, cache, clock);
    }

    /**
     * Hands the status over soon, and from then on within a refresh interval after anything but numbers has changed in it: a
     * problem that appears or goes away is news. Takes {@link #refreshedInBackground}.
     *
     * @param listener called by the thread that reads, which waits for it; called again with the next reading if it fails
     */
    public void onStatus(Consumer<KeyStoreStatus> listener) {
        watch.add(listener);
    }

    /**
     * Goes on from a key store that is behind its anchor, or behind what this process has seen of it: past the generations and
     * version numbers that the lost copy had. What was sealed under versions that it had does not open any more. Restore the
     * newer copy instead, if there is one.
     *
     * @param actor who decides it
     * @param reason why, for the audit
     * @throws IllegalStateException if the key store is behind nothing
     */
    public void recover(String actor, String reason) {
        recover(new AuditEntry(actor, "recover", reason), copy -> true);
    }

    /**
     * The same, from one certain copy.
     *
     * @param copy {@link #copy} when it was decided
     * @throws IllegalStateException if the key store is behind nothing, or is another copy by now
     */
    public void recover(StoreCopy copy, String actor, String reason) {
        recover(new AuditEntry(actor, "recover", reason), copy::equals);
    }

    private void recover(AuditEntry entry, Predicate<StoreCopy> accepts) {
        new Recovery(access).recover(entry, accepts);
        cache.refresh();
    }

    /** What is in the key store now, which may be behind what this process knows; not verified. */
    public StoreCopy copy() {
        return StoreCopy.of(access.store().load());
    }

    /** Leaves the other nodes; nothing is sealed from now on. */
    @Override
    public void close() {
        KeyringRefresher running = refresher;
        if (running != null) {
            running.close();
        }
        cache.close();
        usage.close();
        indications.close();
        if (cache.seals()) {
            membership.leave();
        }
        access.store().close();
    }
}
