package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeySample;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Halves what is left of a range that another worker scans, by a sample of its keys. */
final class RangeSplitter {

    private static final int LOOKED_AT = 4;

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

    /** A range of another worker, and where it would be cut. */
    private record Half(RangeClaim claim, long rows, RowAddress cut) {}

    /**
     * Cuts the range with the most rows left, if these are {@code minRows} or more.
     *
     * @return whether there may be a range to claim now: this one's, or that of somebody who cut it at the same time
     */
    boolean split(RunId run, long minRows) {
        return claims.scanning(run, LOOKED_AT).stream()
                .flatMap(claim -> half(claim).stream())
                .filter(half -> half.rows() >= minRows)
                .max(Comparator.comparingLong(Half::rows))
                .map(this::split)
                .isPresent();
    }

    /** Locks the run before its range, as a replan does. */
    private Boolean split(Half half) {
        return jdbi.inTransaction(handle -> {
            runs.lock(handle, half.claim().run().id());
            return ranges.split(handle, half.claim(), half.cut());
        });
    }

    private Optional<Half> half(RangeClaim claim) {
        return claim.range().flatMap(targets::of).flatMap(table -> {
            KeySample sample = sample(claim, table);
            return middle(sample.keys())
                    .map(key -> RunPlanner.cut(table, key))
                    .filter(cut -> isWithin(claim, table, cut))
                    .map(cut -> new Half(claim, sample.rows(), cut));
        });
    }

    private static Optional<RowAddress> middle(List<RowAddress> keys) {
        return keys.size() < 2 ? Optional.empty() : Optional.of(keys.get((keys.size() - 1) / 2));
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

    private KeySample sample(RangeClaim claim, TargetTable table) {
        try {
            return jdbi.<KeySample, SQLException>inTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                return dialect.sample(handle.getConnection(), table.shape(), claim.rest());
            });
        } catch (SQLException e) {
            if (dialect.isGone(e)) { // the owner finds out, and says so by name
                return new KeySample(0, List.of());
            }
            throw new EngineSqlException(e);
        }
    }
}
