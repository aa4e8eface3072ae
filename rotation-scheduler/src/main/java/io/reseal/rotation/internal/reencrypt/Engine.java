package io.reseal.rotation.internal.reencrypt;

import io.reseal.RowOwners;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.ResealDatabase;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.pace.CountedConnections;
import io.reseal.rotation.internal.pace.OwnWork;
import io.reseal.rotation.internal.pace.Pacemaker;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.reencryption.InventoryLine;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionPlan;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and joins runs in one database. */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** SQLSTATEs of a violated unique constraint: PostgreSQL and H2, MariaDB. */
    private static final Set<String> UNIQUE_VIOLATION = Set.of("23505", "23000");

    private static final int ATTEMPTS = 10;

    private final Jdbi jdbi;
    private final DataSource dataSource;
    private final Clock clock;
    private final Targets targets;
    private final Proving proving;
    private final Inventory inventory;
    private final RunStore runs;
    private final DestructionEvidence evidence;
    private final Worker.Tools tools;
    private final OwnWork ownWork = new OwnWork();
    private final List<ActiveRun> active = new CopyOnWriteArrayList<>();
    private boolean isClosed;

    private Engine(
            ResealDatabase database, KeyRegistry keys, Duration keyLease, Clock clock, Interleaving interleaving) {
        this.jdbi = database.jdbi().installPlugin(new CountedConnections(ownWork));
        this.dataSource = database.dataSource();
        this.clock = clock;
        Dialect dialect = Dialect.of(database.product());
        ColumnScope catalog = new ColumnScope(new ColumnCatalog(keys), keys);
        this.targets = new Targets(jdbi, dialect, catalog);
        this.proving = new Proving(jdbi, dialect, catalog, keys, keyLease);
        this.inventory = new Inventory(jdbi, dialect, keys.types());
        this.runs = new RunStore(jdbi, keys.types());
        this.evidence = new DestructionEvidence(jdbi, dialect, catalog, runs);
        RangeClaims claims = new RangeClaims(jdbi, runs);
        RowLedger ledger = new RowLedger(jdbi, runs);
        RunPlanner planner = new RunPlanner(jdbi, dialect, keys, keyLease, targets);
        RangeWork rangeWork = new RangeWork(
                new WindowSource(jdbi, dialect),
                new Resealer(keys),
                new StrideWriter(jdbi, dialect, claims, ledger),
                claims,
                ledger,
                interleaving,
                new Warmth(keys));
        ProofWork proofWork = new ProofWork(jdbi, targets, proving, planner, runs, claims);
        this.tools = new Worker.Tools(
                dialect,
                runs,
                claims,
                new RangeSplitter(jdbi, dialect, targets, runs),
                planner,
                targets,
                rangeWork,
                proofWork,
                proving.proofs());
    }

    /** Creates the engine's tables where that is allowed, and verifies them. */
    public static Engine open(ResealDatabase database, KeyRegistry keys, Duration keyLease, Clock clock) {
        return open(database, keys, keyLease, clock, Interleaving.NONE);
    }

    static Engine open(
            ResealDatabase database, KeyRegistry keys, Duration keyLease, Clock clock, Interleaving interleaving) {
        database.install(RotationSchema.SCHEMA);
        return new Engine(database, keys, keyLease, clock, interleaving);
    }

    /** Starts a run, or joins the open one. */
    public Reencryption start(KeyType type, ReencryptionOptions options) {
        return start(startOrJoin(type, options), options);
    }

    /** The same, but without more workers where this node has at least as many on the run already. */
    public Reencryption startOrGoOn(KeyType type, ReencryptionOptions options) {
        return goOn(startOrJoin(type, options), options);
    }

    /** Works on a run, unless this node has as many workers on it; on one that is over there is nothing to do. */
    public Reencryption goOn(RunId id, ReencryptionOptions options) {
        return active.stream()
                .filter(run -> run.id().equals(id) && run.hasWorkers(options.workers()))
                .<Reencryption>map(run -> run)
                .findFirst()
                .orElseGet(() -> start(id, options));
    }

    private Reencryption start(RunId id, ReencryptionOptions options) {
        ActiveRun.Speed speed = new ActiveRun.Speed(new Pace(clock), pacemaker(id, options.pace()));
        ActiveRun run = new ActiveRun(jdbi, id, options, tools, speed);
        synchronized (active) {
            if (isClosed) {
                throw new IllegalStateException("Closed: this node works on no run any more");
            }
            active.removeIf(earlier -> !earlier.isWorking());
            run.start();
            active.add(run);
        }
        return run;
    }

    private Pacemaker pacemaker(RunId run, PaceOptions options) {
        List<String> tables = targets.all().stream()
                .map(table -> tools.dialect().name(table.shape()))
                .toList();
        return new Pacemaker(
                new Pacemaker.Surroundings(jdbi, dataSource, tools.dialect().loadSignals(), options, clock, ownWork),
                tables,
                () -> standing(run));
    }

    private Pacemaker.Standing standing(RunId id) {
        Run run = runs.get(id);
        return new Pacemaker.Standing(run.state() == RunState.RUNNING, run.effort());
    }

    /** What a run would do, without starting it. */
    public ReencryptionPlan plan(KeyType type) {
        return unlessLocked(type, () -> tools.planner().preview(type));
    }

    /** Whoever locks a table, or the run itself, is named rather than waited for. */
    private <T> T unlessLocked(KeyType type, Supplier<T> planning) {
        try {
            return planning.get();
        } catch (RuntimeException e) {
            if (!Failures.isContention(tools.dialect(), e)) {
                throw e;
            }
            String what = e instanceof LockedException locked
                    ? "The table " + locked.table()
                    : "What is on record about the re-encryption of " + type;
            throw new ReencryptionRefusedException(List.of(what
                    + " is locked by another transaction, which was waited for in vain. Let it end, and start again"));
        }
    }

    private RunId startOrJoin(KeyType type, ReencryptionOptions options) {
        return unlessLocked(type, () -> startOrJoinPatiently(type, options));
    }

    private RunId startOrJoinPatiently(KeyType type, ReencryptionOptions options) {
        for (int i = 1; ; i++) {
            Optional<Run> open = runs.open(type);
            if (open.isPresent()) {
                runs.acknowledge(open.get().id(), options.acknowledged());
                tools.planner().replanIfOvertaken(open.get());
                return open.get().id();
            }
            try {
                return tools.planner().plan(type, options);
            } catch (JdbiException e) {
                if (i == ATTEMPTS || !isLostRace(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isLostRace(JdbiException e) {
        return e.getCause() instanceof SQLException cause
                && UNIQUE_VIOLATION.contains(String.valueOf(cause.getSQLState()));
    }

    /** Makes an open run begin again after a rotation of its key type; if that fails, its workers do it themselves. */
    public void rotated(KeyType type) {
        try {
            runs.open(type).ifPresent(tools.planner()::replanIfOvertaken);
        } catch (RuntimeException e) {
            LOG.warn("The open re-encryption of {} was not told of the rotation: {}", type, Failures.describe(e));
        }
    }

    /** Proofs on demand. */
    public Proving proving() {
        return proving;
    }

    /** What tells whether a key is still needed. */
    public DestructionEvidence evidence() {
        return evidence;
    }

    /** What is under a key, and whose it is. */
    public AffectedValues affected(RowOwners owners) {
        return new AffectedValues(jdbi, tools.dialect(), targets, owners);
    }

    /** Some values under the keys in use. */
    public SealedSample sample() {
        return new SealedSample(jdbi, tools.dialect(), targets);
    }

    /** What stops runs, and lets them go on. */
    public RunControl runs() {
        return new RunControl(runs);
    }

    /** What lets one run go before others. */
    public Precedence precedence() {
        return new Precedence(jdbi, runs);
    }

    /** What says which node goes on with an incident. */
    public IncidentClaims incidentClaims() {
        return new IncidentClaims(jdbi);
    }

    /** Counts values by column and key version, and keeps that for the view {@code reseal_stale_inventory}. */
    public List<InventoryLine> inventory() {
        return new LastInventory(jdbi).keep(inventory.of(targets.all()));
    }

    /** How many values a column holds under keys of its key type; none if it is gone. */
    public long valuesIn(SealedColumn column) {
        return inventory.of(targets.of(column).stream().toList()).stream()
                .filter(line -> line.key().map(KeyId::type).equals(Optional.of(column.keyType())))
                .mapToLong(InventoryLine::values)
                .sum();
    }

    /** What has died of this node's work on runs; asks nobody. */
    public List<String> ailments() {
        return active.stream().flatMap(run -> run.ailment().stream()).toList();
    }

    /** Stops this node's workers on all runs. */
    @Override
    public void close() {
        synchronized (active) {
            isClosed = true;
        }
        active.forEach(ActiveRun::close);
    }
}
