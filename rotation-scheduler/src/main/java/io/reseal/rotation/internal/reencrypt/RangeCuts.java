package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeySample;
import io.reseal.rotation.internal.jdbc.LockWait;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Cuts a table, or a part of one, into ranges of its key order, by a sample of its keys. */
final class RangeCuts {

    private static final long RANGES = 8;
    private static final long MIN_ROWS = 1_000;
    private static final long MAX_ROWS = 250_000;

    /** Whoever holds a lock on a table is not waited for longer than that to look at it. */
    static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(5));

    private final Jdbi jdbi;
    private final Dialect dialect;

    RangeCuts(Jdbi jdbi, Dialect dialect) {
        this.jdbi = jdbi;
        this.dialect = dialect;
    }

    /**
     * The ranges of a table, or of a part of one.
     *
     * @param ranges never empty
     * @param rowsEach estimated rows in each of them
     */
    record Planned(List<KeyRange> ranges, long rowsEach) {}

    Planned of(TargetTable table) {
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
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return PATIENCE.bound(connection, () -> dialect.sample(connection, table.shape(), Bounds.ALL));
            });
        } catch (SQLException e) {
            throw LockedException.of(dialect, table.name(), e);
        }
    }
}
