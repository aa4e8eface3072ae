package io.reseal.rotation;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Due;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyStoreStatus;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.IndicatorWatch;
import io.reseal.rotation.internal.event.EventStore;
import io.reseal.rotation.internal.event.TaskLog;
import io.reseal.rotation.internal.metric.Readings;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.internal.usage.Reencryptions;
import io.reseal.rotation.reencryption.InventoryLine;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionPlan;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
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

    private final ResealSettings settings;
    private final Clocks clocks;
    private final Clock clock;
    private final KeyRegistry keys;
    private final ResealDatabase database;
    private final Engine engine;
    private final Custody custody;
    private final KeyProofs proofs;
    private final Alerts alerts;
    private final Incidents incidents;
    private final EmergencyDuty duty;
    private final EmergencyRotation emergency;
    private final EventStore eventStore;
    private final RotationEvents events;
    private final UsageMonitoring usageMonitoring;
    private final Health health;

    private KeyRotation(
            Clocks clocks, ResealSettings settings, KeyRegistry keys, ResealDatabase database, Engine engine) {
        this.settings = settings;
        this.clocks = clocks;
        this.clock = clocks.node();
        this.keys = keys;
        this.database = database;
        this.engine = engine;
        this.custody = new Custody(keys, engine, settings.policies(), clocks);
        this.proofs = new KeyProofs(custody, engine.proving(), settings.lease(), clock);
        custody.policies().adopt();
        AlertStore store = new AlertStore(database);
        IndicatorWatch indicators = new IndicatorWatch(store, settings.indicators());
        AlertWatch watch = new AlertWatch(keys, custody, engine.proving(), indicators);
        this.alerts = new Alerts(store, watch, keys.trail(), clock);
        EmergencyFollowUp followUp = new EmergencyFollowUp(engine, custody);
        AffectedValues affected = engine.affected(settings.owners());
        this.incidents = new Incidents(
                new IncidentStore(keys, clock), custody, followUp, new Incidents.Around(affected, alerts));
        this.duty = new EmergencyDuty(
                new EmergencyResponse(keys, custody, followUp, incidents),
                incidents,
                engine.incidentClaims(),
                settings.follow());
        this.usageMonitoring = new UsageMonitoring(
                keys,
                policies(),
                new UsageMonitoring.Around(
                        since -> Reencryptions.since(database, since), alerts, clocks, settings.lease()));
        this.emergency =
                new EmergencyRotation(keys, incidents, new KeySuspension(keys, affected, approvals(), clock), duty);
        this.eventStore = new EventStore(database, keys.types());
        this.events = new RotationEvents(eventStore, keys, custody.policies(), engine.runs(), clocks);
        this.health = new Health(keys, database, policies(), new Health.Around(engine, alerts, clocks));
    }

    /**
     * Opens with the settings that the application hands to Hibernate or JPA.
     *
     * @throws io.reseal.ResealConfigurationException if one is missing or unusable; the message names it and the remedy
     */
    public static KeyRotation open(Map<String, ?> settings) {
        return open(ResealSettings.from(settings), Clock.systemUTC());
    }

    /**
     * Opens with validated settings.
     *
     * @param clock of this node: measures the leases after which a proof may be taken. Grace, waiting times and the end of requests are
     *     judged by the database's as well
     */
    public static KeyRotation open(ResealSettings settings, Clock clock) {
        return open(settings, clock, engine -> engine.evidence()::now);
    }

    /** The same; {@code time} is what stands for the database's clock, so that years can pass on both. */
    static KeyRotation open(ResealSettings settings, Clock clock, Function<Engine, InstantSource> time) {
        KeyRegistry keys = ResealKeys.open(settings, clock);
        try {
            ResealDatabase database = ResealDatabase.open(settings, POOL, CONNECTIONS);
            try {
                EmergencyRotation.warnOfLongLease(settings.lease());
                Engine engine = Engine.open(database, keys, settings.lease(), clock);
                Clocks clocks = new Clocks(clock, time.apply(engine));
                return new KeyRotation(clocks, settings, keys, database, engine).looking();
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
        duty.start();
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

    /** How to go on from an older copy of the key store. */
    public StoreRecovery recovery() {
        return new StoreRecovery(keys, approvals());
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
        return new Succession(keys, engine).rotate(type, actor, reason);
    }

    /** Rotations that are planned, under way or over. */
    public RotationEvents events() {
        return events;
    }

    /** Executes what is to be executed, once. */
    EventExecution execution(EventExecution.Limits limits) {
        EventExecution.Surroundings around = new EventExecution.Surroundings(custody, alerts, clocks);
        return new EventExecution(eventStore, keys, engine, around, limits);
    }

    /** How the tasks of all nodes went. */
    TaskLog taskLog() {
        return new TaskLog(database);
    }

    /** Other connections to the same database, for the one who closes them. */
    ResealDatabase connect(String pool, int connections) {
        return ResealDatabase.open(settings, pool, connections);
    }

    /** By which what all nodes share is dated. */
    Instant now() {
        return clocks.stored();
    }

    /** Tells the audit log what is done to something that is no key. */
    void did(String subject, AuditEntry entry) {
        keys.trail().did(subject, entry);
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

    /** Whether keys are used as they usually are, and as they may be. */
    public UsageMonitoring usageMonitoring() {
        return usageMonitoring;
    }

    /** Whether all is as it should be, and this process works. */
    public Health health() {
        return health;
    }

    /** Reports of a period, for those who have to show what was done. */
    public ComplianceReports reports() {
        return new ComplianceReports(keys, incidents, health, new ComplianceReports.Ground(database, settings, clocks));
    }

    /** The processes that seal, as the key store knows them: those that a rotation waits for, and others of the last day. */
    public List<KeyNode> nodes() {
        return keys.nodes().all();
    }

    /**
     * What a re-encryption of {@code type} would do, and what stands against it, without starting it; changes nothing.
     *
     * @throws ReencryptionRefusedException if the key type has no active version, or a table stays locked
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

    /** What is left under retired keys: takes proofs, and tells of those that were taken. */
    public KeyProofs proofs() {
        return proofs;
    }

    /** Times in which people work on keys or their database. */
    public MaintenanceWindows maintenance() {
        return new OperationsGround(keys, database, engine, clocks, this).maintenance();
    }

    /** What people look at once in each quarter. */
    public QuarterlyReviews reviews() {
        return new OperationsGround(keys, database, engine, clocks, this).reviews();
    }

    /** What somebody has to look at. */
    public Alerts alerts() {
        return alerts;
    }

    /** What meters show; {@code nanos} is a monotonic clock. */
    Readings readings(LongSupplier nanos) {
        return new Readings(database, keys, nanos);
    }

    AlertDelivery.Ground deliveryGround() {
        return new AlertDelivery.Ground(alerts, database, keys.trail(), clocks);
    }

    /** What takes several people: who has asked for it, and who has agreed. */
    public Approvals approvals() {
        return custody.approvals();
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
        health.drain();
        duty.close();
        engine.close();
        database.close();
        keys.close();
    }
}
