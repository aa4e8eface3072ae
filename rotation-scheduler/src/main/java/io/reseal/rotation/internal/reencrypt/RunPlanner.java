package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.rotation.EffortPlan;
import io.reseal.rotation.ReencryptionRefusedException;
import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeySample;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Decides what a run has to do: which versions are retired, and into which ranges each table falls. */
final class RunPlanner {

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
    private final RunStore runs;
    private final RangeStore ranges;

    RunPlanner(Jdbi jdbi, Dialect dialect, KeyRegistry keys, Duration keyLease, Targets targets) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.keys = keys;
        this.proofWait = keyLease.multipliedBy(LEASES_BEFORE_PROOF);
        this.targets = targets;
        this.runs = new RunStore(jdbi, keys.types());
        this.ranges = new RangeStore(jdbi);
    }

    /** A new run over every table of the catalog. */
    RunId plan(KeyType type, EffortPlan effort) {
        Keyring keyring = keys.refresh();
        KeyId active = active(keyring, type);
        List<KeyId> retired = retired(keyring, type);
        List<TargetTable> tables = targets.all();
        requireColumns(tables);
        requireActive(keyring, type, tables);
        List<Planned> planned = retired.isEmpty()
                ? List.of()
                : tables.stream().map(this::ranges).toList();
        return jdbi.inTransaction(handle -> {
            RunId run = runs.create(handle, active, retired, effort);
            planned.forEach(table -> add(handle, run, table));
            ranges.addProof(handle, run, proofWait);
            return run;
        });
    }

    /** Begins an open run again if the key type was rotated since it was planned. */
    void replanIfOvertaken(Run run) {
        Keyring keyring = keys.refresh();
        KeyId active = active(keyring, run.type());
        if (!active.equals(run.target())) {
            List<Planned> missing = missing(run.id(), targets.all());
            jdbi.useTransaction(handle -> {
                if (runs.replan(handle, run, active, retired(keyring, run.type()))) {
                    ranges.restartAll(handle, run.id(), proofWait);
                    missing.forEach(table -> add(handle, run.id(), table));
                }
            });
        }
    }

    /**
     * The tables that an open run has no ranges for, planned; outside of any transaction, because planning reads through
     * connections of its own.
     */
    List<Planned> missing(RunId run, List<TargetTable> tables) {
        return tables.stream()
                .filter(table -> !jdbi.withHandle(handle -> ranges.has(handle, run, table.name())))
                .map(this::ranges)
                .toList();
    }

    /**
     * A table and its ranges.
     *
     * @param rowsEach estimated rows in each of them
     */
    record Planned(TableName table, List<KeyRange> ranges, long rowsEach) {}

    /** Gives a run the ranges of a table, unless another worker already did. */
    void add(Handle handle, RunId run, Planned planned) {
        if (!ranges.has(handle, run, planned.table())) {
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

    private static void requireActive(Keyring keyring, KeyType type, List<TargetTable> tables) {
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
        if (!problems.isEmpty()) {
            throw new ReencryptionRefusedException(problems);
        }
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
        return new Planned(table.name(), result, sample.rows() / result.size());
    }

    /** A cut of a bag is before the first row of an owner. */
    private static RowAddress cut(TargetTable table, RowAddress key) {
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
        return new KeyRange(table.name(), key, table.shape().keyUnique(), bounds);
    }

    private KeySample sample(TargetTable table) {
        try {
            return jdbi.<KeySample, SQLException>inTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                return dialect.sample(handle.getConnection(), table.shape());
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
