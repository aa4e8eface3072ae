package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.reencryption.RunId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Halves what is left of a range that another worker scans. */
final class RangeSplitter {

    private static final int LOOKED_AT = 4;
    private static final int LARGE = 16;
    private static final int MIDDLING = 4;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;
    private final RunStore runs;
    private final RangeStore ranges;
    private final RangeClaims claims;

    RangeSplitter(Jdbi jdbi, Dialect dialect, Targets targets, RunStore runs) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
        this.runs = runs;
        this.ranges = new RangeStore(jdbi);
        this.claims = new RangeClaims(jdbi, runs);
    }

    /**
     * Cuts one of the ranges that have {@code minRows} or more left, a large one if there is any: estimates may be wrong.
     *
     * @return whether there may be a range to claim now: this one's, or that of somebody who cut it at the same time
     */
    boolean split(RunId run, long minRows) {
        List<RangeClaim> scanned = claims.scanning(run, LOOKED_AT);
        for (long rows : new long[] {minRows * LARGE, minRows * MIDDLING, minRows}) {
            for (RangeClaim claim : scanned) {
                Optional<RowAddress> cut = cut(claim, rows);
                if (cut.isPresent()) {
                    split(claim, cut.get());
                    return true;
                }
            }
        }
        return false;
    }

    /** Locks the run before its range, as a replan does. */
    private void split(RangeClaim claim, RowAddress cut) {
        jdbi.useTransaction(handle -> {
            runs.lock(handle, claim.run().id());
            ranges.split(handle, claim, cut);
        });
    }

    private Optional<RowAddress> cut(RangeClaim claim, long minRows) {
        return claim.range()
                .flatMap(targets::of)
                .flatMap(table -> middle(claim, table, minRows)
                        .map(key -> RangeCuts.cut(table, key))
                        .filter(cut -> isWithin(claim, table, cut)));
    }

    /** The last key of the range leaves nothing behind it; a cut before the owner that is being read leaves nothing before it. */
    private static boolean isWithin(RangeClaim claim, TargetTable table, RowAddress cut) {
        int key = table.shape().key().size();
        List<String> owner = cut.parts().subList(0, key);
        boolean isLast = claim.rest().upTo().filter(cut::equals).isPresent();
        boolean isBeingRead = claim.rest()
                .after()
                .filter(after -> after.parts().subList(0, key).equals(owner))
                .isPresent();
        return !isLast && !isBeingRead;
    }

    private Optional<RowAddress> middle(RangeClaim claim, TargetTable table, long minRows) {
        try {
            return jdbi.<Optional<RowAddress>, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return dialect.asking(
                        connection, () -> dialect.middle(connection, table.shape(), claim.rest(), minRows));
            });
        } catch (SQLException e) {
            if (dialect.isGone(e)) { // the owner finds out, and says so by name
                return Optional.empty();
            }
            throw new EngineSqlException(e);
        }
    }
}
