package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.util.Optional;

/**
 * One worker's lease on a range: everything it commits is checked against the token.
 *
 * @param run the run as it was when the range was claimed
 * @param range empty for the run's proof
 * @param cursor how far earlier claims came
 * @param isScanned whether only the tail is left
 */
record RangeClaim(
        long id,
        long token,
        String worker,
        Run run,
        Optional<KeyRange> range,
        Optional<RowAddress> cursor,
        boolean isScanned) {

    /** Whether somebody took it on that triggers fire for what is written. */
    boolean hasUpdateTriggers() {
        return range.map(KeyRange::table)
                .map(table -> new Finding(Problem.UPDATE_TRIGGER, table.schema(), table.table(), ""))
                .filter(finding -> !finding.refuses(run.acknowledged()))
                .isPresent();
    }

    /** What is left to scan. */
    Bounds rest() {
        Bounds bounds = range.map(KeyRange::bounds).orElse(Bounds.ALL);
        return cursor.map(bounds::from).orElse(bounds);
    }

    RangeClaim at(RowAddress newCursor) {
        return new RangeClaim(id, token, worker, run, range, Optional.of(newCursor), isScanned);
    }

    /** The same claim, after somebody took the rest of the range behind {@code upTo}. */
    RangeClaim upTo(Optional<RowAddress> upTo) {
        Optional<KeyRange> shorter =
                range.map(all -> all.within(new Bounds(all.bounds().after(), upTo)));
        return new RangeClaim(id, token, worker, run, shorter, cursor, isScanned);
    }

    RangeClaim scanned() {
        return new RangeClaim(id, token, worker, run, range, cursor, true);
    }
}
