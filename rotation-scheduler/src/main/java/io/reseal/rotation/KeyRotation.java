package io.reseal.rotation;

import io.reseal.IllegalTransitionException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Due;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyStoreStatus;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.StoreCopy;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.IndicatorWatch;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.internal.reencrypt.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists and rotates keys, re-encrypts what is sealed under retired ones, and proves that nothing is left. Safe for use by
 * several threads; several processes may do all of it at once on one database.
 *
 * <p>Works from the key store and the catalog of sealed columns alone: the application need not be running.
 */
public final class KeyRotation implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);
    private static final String POOL = "reseal-rotation";
    private static final int CONNECTIONS = ReencryptionOptions.MAX_WORKERS + 6;
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Clock clock;
    private final Duration lease;
    private final KeyRegistry keys;
    private final ResealDatabase database;
    private final Engine engine;
    private final Custody custody;
    private final Alerts alerts;
    private final Incidents incidents;
    private final EmergencyRotation emergency;

    private KeyRotation(
            Clock clock, ResealSettings settings, KeyRegistry keys, ResealDatabase database, Engine engine) {
        this.clock = clock;
        this.lease = settings.lease();
        this.keys = keys;
        this.database = database;
        this.engine = engine;
        this.custody = new Custody(keys, engine, settings.policies(), clock);
        custody.policies().adopt();
        AlertStore store = new AlertStore(database);
        IndicatorWatch indicators = new IndicatorWatch(store, settings.indicators());
        AlertWatch watch = new AlertWatch(keys, custody, engine.proving(), indicators);
        this.alerts = new Alerts(store, watch, keys.trail(), clock);
        EmergencyFollowUp followUp = new EmergencyFollowUp(engine, custody);
        AffectedValues affected = engine.affected(settings.owners());
        this.incidents = new Incidents(
                new IncidentStore(keys, clock), custody, followUp, new Incidents.Around(affected, alerts));
        this.emergency = new EmergencyRotation(
                keys,
                new EmergencyResponse(keys, custody, followUp, incidents),
                incidents,
                new KeySuspension(keys, engine, affected, clock));
    }

    /**
     * Opens with the settings that the application hands to Hibernate or JPA.
     *
     * @throws io.reseal.ResealConfigurationException if one is missing or unusable; the message names it and the remedy
     */
    public static KeyRotation open(Map<String, ?> settings) {
        return open(ResealSettings.from(settings), Clock.systemUTC());
    }

    /** Opens with validated settings; {@code clock} measures the leases after which a proof may be taken. */
    public static KeyRotation open(ResealSettings settings, Clock clock) {
        KeyRegistry keys = ResealKeys.open(settings, clock);
        try {
            ResealDatabase database = ResealDatabase.open(settings, POOL, CONNECTIONS);
            try {
                EmergencyRotation.warnOfLongLease(settings.lease());
                Engine engine = Engine.open(database, keys, settings.lease(), clock);
                return new KeyRotation(clock, settings, keys, database, engine).looking();
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
    }

    /** Trouble that is there already is told of at once; what stands against looking stands against nothing else. */
    private KeyRotation looking() {
        try {
            alerts.look();
        } catch (RuntimeException e) {
            LOG.warn("The first look for alerts failed; the next one looks again", e);
        }
        return this;
    }

    /** Every version of every key type, as the key store has them now. */
    public List<KeyVersion> keys() {
        return keys.refresh().versions();
    }

    /** Every version of one key type, oldest first. */
    public List<KeyVersion> keys(KeyType type) {
        return keys.refresh().versions(type);
    }

    /** How this process stands to the key store: whether a rollback would be noticed, and every problem; also policies that wait. */
    public KeyStoreStatus status() {
        KeyStoreStatus status = keys.status();
        List<String> problems = Stream.concat(status.problems().stream(), policies().waiting().stream())
                .toList();
        return new KeyStoreStatus(status.generation(), status.rollback(), status.lease(), problems);
    }

    /** What to ask approval for before {@link #recover}, on this node: the request is in its memory only, and for the copy that is there now. */
    public GuardedOperation recovery() {
        return GuardedOperation.recover(keys.copy());
    }

    /**
     * Goes on from an older copy of the key store, as {@link KeyRegistry#recover(StoreCopy, String, String)}, which takes two people. What
     * was asked for in that copy is withdrawn: it may have been used or withdrawn in the one that was lost.
     *
     * @throws ApprovalRequiredException if nobody else has approved it on this node, or only for another copy
     * @throws IllegalStateException if the key store is behind nothing
     */
    public void recover(Person by, String reason) {
        StoreCopy copy = keys.copy();
        approvals().perform(GuardedOperation.recover(copy), by, evidence -> {
            keys.recover(copy, by.toString(), reason + "; " + evidence);
            return evidence;
        });
        approvals().withdrawAll(by, "the key store was recovered from an older copy");
    }

    /** The policies that hold, and which of the configured ones do not. */
    public PoliciesInForce policies() {
        return custody.policies();
    }

    /**
     * Puts the configured policy of a key type in the place of a stronger one, which takes two people: {@link PoliciesInForce#weakening}.
     * Does nothing if it is in force.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     */
    public void weakenPolicy(KeyType type, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), "weaken-policy", reason, type.name());
        approvals().decide(keyring -> policies().weakened(keyring, type, entry));
    }

    /**
     * Makes a new version the active one. It is promoted once every node that seals knows it, and this returns once none of
     * them seals under its predecessor any more: each has acknowledged the promotion, or its lease has run out. A node
     * that is silent is waited for as long as its lease runs. An open re-encryption of the type begins again with all retired
     * versions.
     *
     * @param actor who asks for it
     * @param reason why, for the audit
     * @return the new active version
     * @throws IllegalStateException if the thread is interrupted while it waits; if the new version is still PRE_ACTIVE
     *     then, the next rotation takes it
     */
    public KeyVersion rotate(KeyType type, String actor, String reason) {
        KeyId successor = keys.lifecycle().createSuccessor(type, actor, reason);
        Acknowledgements nodes = new Acknowledgements(keys.nodes());
        KeyVersion promoted = nodes.promote(
                () -> keys.lifecycle().promote(successor, actor, reason),
                "Interrupted before " + successor + " became active. Rotate again to promote it");
        engine.rotated(type);
        nodes.await(
                keys.refresh().generation(),
                "Interrupted after " + successor + " became active, and before every node had taken note of it");
        return promoted;
    }

    /**
     * Whether the active version of a key type is to be rotated: because of its age, or because all nodes together reserved as
     * many encryptions under it as its policy allows, whatever the calendar says.
     */
    public Due due(KeyType type) {
        return keys.refresh()
                .active(type)
                .map(active -> policies().of(type).due(active, keys.usage(), clock.instant()))
                .orElseGet(Due.NotActive::new);
    }

    /** How much was reserved, sealed and opened under every key version, over all nodes. */
    public List<KeyUsage> usage() {
        return keys.usage();
    }

    /** What every node did under every key version, in each hour from the one on that begins at {@code since} or later. */
    public List<KeyOperations> operations(Instant since) {
        return keys.operations(since);
    }

    /** The processes that seal, as the key store knows them: those that a rotation waits for, and others of the last day. */
    public List<KeyNode> nodes() {
        return keys.nodes().all();
    }

    private void awaitClock(Instant moment, String interrupted) {
        while (clock.instant().isBefore(moment)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(interrupted);
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
        }
    }

    /**
     * What a re-encryption of {@code type} would do, and what stands against it, without starting it; changes nothing.
     *
     * @throws ReencryptionRefusedException if the key type has no active version
     */
    public ReencryptionPlan plan(KeyType type) {
        return engine.plan(type);
    }

    /** Starts re-encrypting the values under retired versions of {@code type}, or joins the open run. */
    public Reencryption reencrypt(KeyType type) {
        return reencrypt(type, ReencryptionOptions.defaults());
    }

    /**
     * Starts re-encrypting the values under retired versions of {@code type}, or joins the open run, with workers on this
     * node.
     *
     * @throws ReencryptionRefusedException if the run could not reach every value; nothing was changed
     */
    public Reencryption reencrypt(KeyType type, ReencryptionOptions options) {
        return engine.start(type, options);
    }

    /**
     * Counts, in every column that was ever mapped, what is sealed under a retired key now. Waits until two key leases have
     * passed since the key was retired: before that, nodes may still write under it. A soft proof.
     *
     * @throws IllegalArgumentException if the key store holds no such key, or the key is not retired
     */
    public Proof prove(KeyId retired) {
        awaitSettled(retired);
        return engine.proving().soft(retired);
    }

    /** The same as {@link #proveHard(KeyId, Duration, Consumer)}, with nobody told whom it waits for. */
    public Proof proveHard(KeyId retired, Duration patience) {
        return proveHard(retired, patience, blockers -> {});
    }

    /**
     * Proves that no value is left under a retired key, and sees to it that none comes back. Each table that ever held
     * sealed values gets a fence: two triggers that refuse a row with SQLSTATE {@code RS001} if it brings a value under the
     * key in, whoever writes it. Putting it up waits for transactions that write to the table, a fifth of a second at a time
     * because new writers queue up behind; then the table is counted, one statement in one snapshot. Fences stay, also after
     * the key's end.
     *
     * @param patience how long to wait for other transactions, over all tables
     * @param waiting is told, on this thread, whom the proof waits for
     * @return a proof of {@link ProofStrength#HARD}; it need not hold, if a value was written just before the fence
     * @throws IllegalArgumentException if the key store holds no such key, or the key is not retired
     * @throws ProofRefusedException if values remain, the database has no fences, or its user may not put them up
     * @throws ProofBlockedException if the patience is over; it says who was in the way
     */
    public Proof proveHard(KeyId retired, Duration patience, Consumer<List<Blocker>> waiting) {
        awaitSettled(retired);
        return engine.proving().hard(retired, new Waiting(patience, waiting));
    }

    /** Every proof that was taken of a key, newest first; whether each still stands is found out now. */
    public List<Proof> proofs(KeyId key) {
        return engine.proving().of(key);
    }

    /** Every table that is fenced, and whether its fence is as it was put up. */
    public List<FencedTable> fences() {
        return engine.proving().fences();
    }

    private void awaitSettled(KeyId retired) {
        KeyVersion version = custody.version(retired);
        if (version.state() == KeyState.PRE_ACTIVE || version.state() == KeyState.ACTIVE) {
            throw new IllegalArgumentException("The key " + retired + " is " + version.state()
                    + ": a proof is about a key that seals nothing any more. Rotate " + retired.type() + " first");
        }
        Instant settled = version.deactivated().orElse(version.created()).plus(lease.multipliedBy(2));
        awaitClock(
                settled, "Interrupted before nodes could have stopped writing under " + retired + ". Prove it again");
    }

    /** What somebody has to look at. */
    public Alerts alerts() {
        return alerts;
    }

    /** What takes several people: who has asked for it, and who has agreed. */
    public Approvals approvals() {
        return custody.approvals();
    }

    /**
     * Lets values under a suspended key be opened again, which takes two people: {@link GuardedOperation#liftSuspension}.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws io.reseal.IllegalTransitionException if the key is not suspended
     * @throws IllegalArgumentException if the key store holds no such key
     */
    public KeyVersion liftSuspension(KeyId key, Person by, String reason) {
        approvals().decide(keyring -> {
            KeyVersion suspended = Custody.version(keyring, key);
            if (suspended.state() != KeyState.SUSPENDED) {
                throw new IllegalTransitionException(
                        "The key " + key + " is " + suspended.state() + ": there is no suspension to lift");
            }
            return Optional.of(new Approvals.Guarded(
                    GuardedOperation.liftSuspension(suspended),
                    new KeyDecision(
                            Optional.of(new KeyDecision.Move(key, KeyState.DEACTIVATED)),
                            List.of(),
                            new AuditEntry(by.toString(), "lift-suspension", reason))));
        });
        return custody.version(key);
    }

    /** Replaces a compromised key at once. */
    public EmergencyRotation emergency() {
        return emergency;
    }

    /** What is on record about compromised keys. */
    public Incidents incidents() {
        return incidents;
    }

    /** Whether values under compromised keys are opened. */
    public StrictRefusals strictRefusals() {
        return custody.strictRefusals();
    }

    /** Columns that no application has any more. */
    public RetiredColumns retiredColumns() {
        return custody.retiredColumns();
    }

    /** The way of a key to its destruction: what stands against it, and each step. */
    public KeyDestruction destruction(KeyId key) {
        return new KeyDestruction(key, custody);
    }

    /** What outside Reseal's tables depends on keys. */
    public Dependants dependants() {
        return custody.dependants();
    }

    /** How long copies of the databases are kept. */
    public Backups backups() {
        return custody.backups();
    }

    /**
     * Brings keys whose grace is over nearer to their end; to be called once a week. It counts, takes the proofs it needs, proposes every
     * key whose gates are met, and erases after the waiting time those whose policy asks for nobody, which are those of sessions and
     * signatures unless another number is chosen, and none that was compromised. The rest waits for people. A key whose destruction a person has cancelled is left alone.
     *
     * @return a line for each key whose grace is over
     */
    public List<CleanupLine> cleanUp() {
        return new Cleanup(custody, engine.proving()).run();
    }

    /** Counts the values of every column by key version. */
    public List<InventoryLine> inventory() {
        return engine.inventory();
    }

    /** Stops this node's workers and closes what was opened; runs stay open. */
    @Override
    public void close() {
        emergency.close();
        engine.close();
        database.close();
        keys.close();
    }
}
