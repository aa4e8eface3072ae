package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.reencryption.Problem;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionPlan;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.TablePlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what a run has to do: which versions are retired, and into which ranges each table falls. */
final class RunPlanner {

    private static final Logger LOG = LoggerFactory.getLogger(RunPlanner.class);

    /**
     * How long after planning the proof may be taken, in key leases: for one, a node that has not heard of the rotation may
     * still seal under the old version; for another, it may take to commit.
     */
    private static final int LEASES_BEFORE_PROOF = 2;

    private final Jdbi jdbi;
    private final KeyRegistry keys;
    private final Duration proofWait;
    private final Targets targets;
    private final Obstacles obstacles;
    private final RangeCuts cuts;
    private final RunStore runs;
    private final RangeStore ranges;

    RunPlanner(Jdbi jdbi, Dialect dialect, KeyRegistry keys, Duration keyLease, Targets targets) {
        this.jdbi = jdbi;
        this.keys = keys;
        this.proofWait = keyLease.multipliedBy(LEASES_BEFORE_PROOF);
        this.targets = targets;
        this.obstacles = new Obstacles(targets, new Survey(jdbi, dialect, targets));
        this.cuts = new RangeCuts(jdbi, dialect);
        this.runs = new RunStore(jdbi, keys.types());
        this.ranges = new RangeStore(jdbi);
    }

    /**
     * A new run over every table of the catalog.
     *
     * @throws ReencryptionRefusedException if anything stands against it that is not acknowledged; all of it in one report
     */
    RunId plan(KeyType type, ReencryptionOptions options) {
        Keyring keyring = keys.refresh();
        KeyId active = active(keyring, type);
        List<KeyId> retired = retired(keyring, type);
        List<TargetTable> tables = tables(keyring, new Survey.Keys(active, retired), options.acknowledged());
        noteLeftOut(keyring, type);
        List<RangeCuts.Planned> planned = retired.isEmpty() ? List.of() : planned(tables);
        return runs.inTransaction(handle -> {
            RunId run = runs.create(handle, active, retired, options);
            planned.forEach(table -> add(handle, run, table));
            ranges.addProof(handle, run, proofWait);
            return run;
        });
    }

    /** What {@link #plan(KeyType, ReencryptionOptions)} would do, without doing it. */
    ReencryptionPlan preview(KeyType type) {
        Keyring keyring = keys.refresh();
        Survey.Keys versions = new Survey.Keys(active(keyring, type), retired(keyring, type));
        Obstacles.Found found = obstacles.everything(keyring, versions);
        List<TablePlan> plans = found.open().stream()
                .map(table -> tablePlan(table.name(), planned(List.of(table))))
                .toList();
        return new ReencryptionPlan(versions.retired(), plans, found.findings(), found.general());
    }

    private static TablePlan tablePlan(TableName table, List<RangeCuts.Planned> parts) {
        long rows = parts.stream()
                .mapToLong(part -> part.rowsEach() * part.ranges().size())
                .sum();
        int ranges = parts.stream().mapToInt(part -> part.ranges().size()).sum();
        return new TablePlan(table.schema(), table.table(), rows, ranges);
    }

    /** The tables of the catalog, if nothing stands against a run over them. */
    private List<TargetTable> tables(Keyring keyring, Survey.Keys versions, Set<String> acknowledged) {
        Obstacles.Found found = obstacles.ofRun(keyring, versions);
        List<String> refusals = found.refusals(acknowledged);
        if (!refusals.isEmpty()) {
            throw new ReencryptionRefusedException(refusals);
        }
        found.findings().stream()
                .filter(finding -> finding.problem().weight() == Problem.Weight.WARNING)
                .forEach(finding -> LOG.warn("{}", finding.message()));
        return found.tables();
    }

    private List<RangeCuts.Planned> planned(List<TargetTable> tables) {
        return tables.stream()
                .flatMap(table -> targets.parts(table).stream())
                .map(cuts::of)
                .toList();
    }

    /** Whether this node knows that the run was planned for other versions than are active and retired now. */
    boolean isOvertaken(Run run) {
        return isOvertaken(keys.keyring(), run);
    }

    private static boolean isOvertaken(Keyring keyring, Run run) {
        return !keyring.active(run.type()).map(KeyVersion::id).equals(Optional.of(run.target()))
                || !retired(keyring, run.type()).equals(run.retired());
    }

    /** Begins an open run again if the key type was rotated, or a suspension made or lifted, since it was planned. */
    void replanIfOvertaken(Run run) {
        Keyring keyring = keys.refresh();
        if (isOvertaken(keyring, run)) {
            Survey.Keys versions = new Survey.Keys(active(keyring, run.type()), retired(keyring, run.type()));
            List<TargetTable> tables =
                    tables(keyring, versions, runs.get(run.id()).acknowledged());
            List<RangeCuts.Planned> missing = versions.retired().isEmpty() ? List.of() : missing(run.id(), tables);
            runs.inTransaction(handle -> {
                boolean isMine = runs.replan(handle, run, versions);
                if (isMine) {
                    ranges.restartAll(handle, run.id(), proofWait);
                    missing.forEach(table -> add(handle, run.id(), table));
                    noteLeftOut(keyring, run.type());
                }
                return isMine;
            });
        }
    }

    /**
     * The tables, and parts of tables, that an open run has no ranges for, planned; outside of any transaction, because planning reads through
     * connections of its own.
     */
    List<RangeCuts.Planned> missing(RunId run, List<TargetTable> tables) {
        return tables.stream()
                .flatMap(table -> targets.parts(table).stream())
                .filter(part -> !jdbi.withHandle(handle -> ranges.has(handle, run, part.name(), part.part())))
                .map(cuts::of)
                .toList();
    }

    /** Gives a run the ranges of a table, unless another worker already did. */
    void add(Handle handle, RunId run, RangeCuts.Planned planned) {
        KeyRange first = planned.ranges().get(0);
        if (!ranges.has(handle, run, first.table(), first.part())) {
            planned.ranges().forEach(range -> ranges.add(handle, run, range, planned.rowsEach()));
        }
    }

    private static KeyId active(Keyring keyring, KeyType type) {
        return keyring.active(type)
                .map(KeyVersion::id)
                .orElseThrow(() -> new ReencryptionRefusedException(
                        List.of("The key type " + type + " has no active version. Rotate it first")));
    }

    private static void noteLeftOut(Keyring keyring, KeyType type) {
        keyring.versions(type).stream()
                .filter(version -> version.state() == KeyState.SUSPENDED || keyring.refuses(version.id()))
                .forEach(version -> LOG.warn(
                        "The re-encryption of {} leaves values under {} as they are: the key is {}. Lift that, and"
                                + " they are taken along, or by the next run if this one is over by then",
                        type,
                        version.id(),
                        keyring.refuses(version.id()) ? "compromised and strictly refused" : "suspended"));
    }

    private static List<KeyId> retired(Keyring keyring, KeyType type) {
        return keyring.versions(type).stream()
                .filter(version -> version.state().isRetired() && !keyring.refuses(version.id()))
                .map(KeyVersion::id)
                .toList();
    }
}
