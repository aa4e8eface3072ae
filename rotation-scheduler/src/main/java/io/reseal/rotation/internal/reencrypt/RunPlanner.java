package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.rotation.Finding;
import io.reseal.rotation.Problem;
import io.reseal.rotation.ReencryptionOptions;
import io.reseal.rotation.ReencryptionPlan;
import io.reseal.rotation.ReencryptionRefusedException;
import io.reseal.rotation.RunId;
import io.reseal.rotation.TablePlan;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeySample;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what a run has to do: which versions are retired, and into which ranges each table falls. */
final class RunPlanner {

    private static final Logger LOG = LoggerFactory.getLogger(RunPlanner.class);

    private static final long RANGES = 8;
    private static final long MIN_ROWS = 1_000;
    private static final long MAX_ROWS = 250_000;

    /**
     * How long after planning the proof may be taken, in key leases: for one, a node that has not heard of the rotation may
     * still seal under the old version; for another, it may take to commit.
     */
    private static final int LEASES_BEFORE_PROOF = 2;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final KeyRegistry keys;
    private final Duration proofWait;
    private final Targets targets;
    private final Survey survey;
    private final RunStore runs;
    private final RangeStore ranges;

    RunPlanner(Jdbi jdbi, Dialect dialect, KeyRegistry keys, Duration keyLease, Targets targets) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.keys = keys;
        this.proofWait = keyLease.multipliedBy(LEASES_BEFORE_PROOF);
        this.targets = targets;
        this.survey = new Survey(jdbi, dialect, targets);
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
        List<Planned> planned = retired.isEmpty() ? List.of() : planned(tables);
        return jdbi.inTransaction(handle -> {
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
        Targets.Sight sight = targets.look();
        List<Finding> findings = new ArrayList<>(sight.findings());
        List<TablePlan> plans = new ArrayList<>();
        for (TargetTable table : sound(sight)) {
            List<Finding> ofTable = survey.of(table, versions);
            findings.addAll(ofTable);
            if (Survey.isOpen(ofTable)) {
                plans.add(tablePlan(table.name(), planned(List.of(table))));
            }
        }
        return new ReencryptionPlan(versions.retired(), plans, findings);
    }

    private static TablePlan tablePlan(TableName table, List<Planned> parts) {
        long rows = parts.stream()
                .mapToLong(part -> part.rowsEach() * part.ranges().size())
                .sum();
        int ranges = parts.stream().mapToInt(part -> part.ranges().size()).sum();
        return new TablePlan(table.schema(), table.table(), rows, ranges);
    }

    /** Tables of which nothing is gone. */
    private static List<TargetTable> sound(Targets.Sight sight) {
        Set<TableName> broken = sight.findings().stream()
                .map(finding -> new TableName(finding.schema(), finding.table()))
                .collect(Collectors.toSet());
        return sight.tables().stream()
                .filter(table -> !broken.contains(table.name()))
                .toList();
    }

    /** The tables of the catalog, if nothing stands against a run over them. */
    private List<TargetTable> tables(Keyring keyring, Survey.Keys versions, Set<String> acknowledged) {
        Targets.Sight sight = targets.look();
        requireColumns(sight.tables());
        List<Finding> findings = new ArrayList<>(sight.findings());
        if (!versions.retired().isEmpty()) {
            sound(sight).forEach(table -> findings.addAll(survey.of(table, versions)));
        }
        List<String> problems = new ArrayList<>(survey.database());
        findings.stream()
                .filter(finding -> finding.refuses(acknowledged))
                .map(Finding::report)
                .forEach(problems::add);
        problems.addAll(inactive(keyring, versions.target().type(), sight.tables()));
        if (!problems.isEmpty()) {
            throw new ReencryptionRefusedException(problems);
        }
        findings.stream()
                .filter(finding -> finding.problem().weight() == Problem.Weight.WARNING)
                .forEach(finding -> LOG.warn("{}", finding.message()));
        return sight.tables();
    }

    private List<Planned> planned(List<TargetTable> tables) {
        return tables.stream()
                .flatMap(table -> targets.parts(table).stream())
                .map(this::ranges)
                .toList();
    }

    /** Begins an open run again if the key type was rotated since it was planned. */
    void replanIfOvertaken(Run run) {
        Keyring keyring = keys.refresh();
        KeyId active = active(keyring, run.type());
        if (!active.equals(run.target())) {
            Survey.Keys versions = new Survey.Keys(active, retired(keyring, run.type()));
            List<Planned> missing = missing(
                    run.id(), tables(keyring, versions, runs.get(run.id()).acknowledged()));
            jdbi.useTransaction(handle -> {
                if (runs.replan(handle, run, active, versions.retired())) {
                    ranges.restartAll(handle, run.id(), proofWait);
                    missing.forEach(table -> add(handle, run.id(), table));
                }
            });
        }
    }

    /**
     * The tables, and parts of tables, that an open run has no ranges for, planned; outside of any transaction, because planning reads through
     * connections of its own.
     */
    List<Planned> missing(RunId run, List<TargetTable> tables) {
        return tables.stream()
                .flatMap(table -> targets.parts(table).stream())
                .filter(part -> !jdbi.withHandle(handle -> ranges.has(handle, run, part.name(), part.part())))
                .map(this::ranges)
                .toList();
    }

    /**
     * The ranges of a table, or of a part of one.
     *
     * @param ranges never empty
     * @param rowsEach estimated rows in each of them
     */
    record Planned(List<KeyRange> ranges, long rowsEach) {}

    /** Gives a run the ranges of a table, unless another worker already did. */
    void add(Handle handle, RunId run, Planned planned) {
        KeyRange first = planned.ranges().get(0);
        if (!ranges.has(handle, run, first.table(), first.part())) {
            planned.ranges().forEach(range -> ranges.add(handle, run, range, planned.rowsEach()));
        }
    }

    /** A run over no column would end with nothing proved, and look like a finished one. */
    private static void requireColumns(List<TargetTable> tables) {
        if (tables.isEmpty()) {
            throw new ReencryptionRefusedException(
                    List.of("The catalog reseal_column lists no column. Start the application once with this key store:"
                            + " it records what it maps"));
        }
    }

    private static KeyId active(Keyring keyring, KeyType type) {
        return keyring.active(type)
                .map(KeyVersion::id)
                .orElseThrow(() -> new ReencryptionRefusedException(
                        List.of("The key type " + type + " has no active version. Rotate it first")));
    }

    private static List<KeyId> retired(Keyring keyring, KeyType type) {
        return keyring.versions(type).stream()
                .filter(version -> version.state().isRetired())
                .map(KeyVersion::id)
                .toList();
    }

    private static List<String> inactive(Keyring keyring, KeyType type, List<TargetTable> tables) {
        List<String> problems = new ArrayList<>();
        for (TargetTable table : tables) {
            for (int column = 0; column < table.entries().size(); column++) {
                KeyType to = table.sealedTo(column, type);
                if (keyring.active(to).isEmpty()) {
                    problems.add("The column " + table.name() + "."
                            + table.shape().columns().get(column).name() + " is mapped to the key type " + to
                            + ", which has no active version. Rotate " + to + " first");
                }
            }
        }
        return problems;
    }

    private Planned ranges(TargetTable table) {
        KeySample sample = sample(table);
        long rowsEach = Math.max(MIN_ROWS, Math.min(MAX_ROWS, sample.rows() / RANGES));
        int number = (int) Math.max(1, Math.min(sample.keys().size() + 1L, (sample.rows() + rowsEach - 1) / rowsEach));
        List<RowAddress> cuts = new ArrayList<>();
        for (int i = 1; i < number; i++) {
            RowAddress cut =
                    cut(table, sample.keys().get((int) ((long) i * sample.keys().size() / number)));
            if (!cuts.contains(cut)) {
                cuts.add(cut);
            }
        }
        List<KeyRange> result = new ArrayList<>();
        Optional<RowAddress> after = Optional.empty();
        for (RowAddress cut : cuts) {
            result.add(range(table, new Bounds(after, Optional.of(cut))));
            after = Optional.of(cut);
        }
        result.add(range(table, new Bounds(after, Optional.empty())));
        return new Planned(result, sample.rows() / result.size());
    }

    /** A cut of a bag is before the first row of an owner. */
    static RowAddress cut(TargetTable table, RowAddress key) {
        if (table.shape().keyUnique()) {
            return key;
        }
        List<String> parts = new ArrayList<>(key.parts());
        parts.add("");
        return new RowAddress(parts);
    }

    private static KeyRange range(TargetTable table, Bounds bounds) {
        List<String> key =
                table.shape().key().stream().map(column -> column.name()).toList();
        return new KeyRange(table.name(), table.part(), key, table.shape().keyUnique(), bounds);
    }

    private KeySample sample(TargetTable table) {
        try {
            return jdbi.<KeySample, SQLException>inTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                return dialect.asking(
                        handle.getConnection(),
                        () -> dialect.sample(handle.getConnection(), table.shape(), Bounds.ALL));
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
