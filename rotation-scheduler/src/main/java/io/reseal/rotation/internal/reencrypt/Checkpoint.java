package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.RowAddress;
import java.util.List;
import java.util.Optional;

/**
 * What is recorded once every row of a window is accounted for.
 *
 * @param cursor where the next window begins; empty if it does not move
 * @param superseded rows that somebody else changed
 * @param settled rows of the tail that are accounted for
 * @param tail rows to come back to
 */
record Checkpoint(
        Optional<RowAddress> cursor,
        long superseded,
        List<Quarantined> quarantined,
        List<RowAddress> settled,
        List<RowAddress> tail) {

    /** Nothing to record. */
    static final Checkpoint NONE = new Checkpoint(Optional.empty(), 0, List.of(), List.of(), List.of());

    Checkpoint {
        quarantined = List.copyOf(quarantined);
        settled = List.copyOf(settled);
        tail = List.copyOf(tail);
    }

    /**
     * Whether a crash may undo this and a batch that it was committed with: the batch's rows are stale again then, and the
     * cursor stands before them.
     */
    boolean isOnlyProgress() {
        return quarantined.isEmpty() && settled.isEmpty() && tail.isEmpty();
    }
}
