package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.RowAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The rows that a range could not finish on first sight: the tail of locked ones, to which the run comes back, and the
 * quarantine. Only who holds a range's claim writes here.
 */
final class RowLedger {

    private final Jdbi jdbi;
    private final RunStore runs;

    RowLedger(Jdbi jdbi, RunStore runs) {
        this.jdbi = jdbi;
        this.runs = runs;
    }

    /** Rows that are in the tail already go behind the others. */
    void addToTail(Handle handle, RangeClaim claim, Collection<RowAddress> locked) {
        if (locked.isEmpty()) {
            return;
        }
        each(
                handle,
                claim,
                locked,
                "UPDATE reseal_tail SET tried = tried + 1 WHERE range_id = :range AND row_hash = :hash");
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO reseal_tail (range_id, row_hash, row_key, tried)
                SELECT :range, :hash, :key, 0
                WHERE NOT EXISTS (SELECT 1 FROM reseal_tail WHERE range_id = :range AND row_hash = :hash)
                """);
        for (RowAddress address : locked) {
            batch.bind("range", claim.id())
                    .bind("hash", hash(claim, address))
                    .bind("key", address.toJson())
                    .add();
        }
        batch.execute();
    }

    /** Some rows of the tail, those that were tried least often first. */
    List<RowAddress> tail(RangeClaim claim, int rows) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT row_key FROM reseal_tail WHERE range_id = :range ORDER BY tried, row_hash LIMIT :rows")
                .bind("range", claim.id())
                .bind("rows", rows)
                .mapTo(String.class)
                .map(RowAddress::parse)
                .list());
    }

    void settle(Handle handle, RangeClaim claim, Collection<RowAddress> settled) {
        each(handle, claim, settled, "DELETE FROM reseal_tail WHERE range_id = :range AND row_hash = :hash");
    }

    private static void each(Handle handle, RangeClaim claim, Collection<RowAddress> rows, String sql) {
        if (rows.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(sql);
        rows.forEach(address -> batch.bind("range", claim.id())
                .bind("hash", hash(claim, address))
                .add());
        batch.execute();
    }

    /**
     * A value that another range of the run has in quarantine is not put there again: a split may leave it to both. Whoever
     * looks holds the run, so that two who find the same value at once do not both miss the other's.
     */
    void quarantine(Handle handle, RangeClaim claim, Collection<Quarantined> values) {
        if (values.isEmpty()) {
            return;
        }
        runs.lock(handle, claim.run().id());
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO reseal_quarantine (range_id, row_hash, column_name, error_class, found_at)
                SELECT :range, :hash, :column, :reason, <now>
                WHERE NOT EXISTS (SELECT 1 FROM reseal_quarantine q JOIN reseal_range r ON r.id = q.range_id
                                  WHERE r.run_id = :run AND q.row_hash = :hash AND q.column_name = :column)
                """);
        for (Quarantined value : values) {
            batch.bind("range", claim.id())
                    .bind("run", claim.run().id().value())
                    .bind("hash", hash(claim, value.address()))
                    .bind("column", value.column())
                    .bind("reason", value.reason())
                    .add();
        }
        batch.execute();
    }

    private static String hash(RangeClaim claim, RowAddress address) {
        try {
            String table = claim.range()
                    .map(range -> range.part().orElse(range.table()).toString())
                    .orElse("");
            byte[] bytes = (table + address.toJson()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
