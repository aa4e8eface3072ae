package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.ReencryptionOptions;
import io.reseal.rotation.internal.jdbc.Limits;
import io.reseal.rotation.internal.pace.Throttle;

/** How one worker goes about its ranges: how much at once, when to rest, when it is over, and what it does beside. */
record Stint(ReencryptionOptions options, Rest rest, Throttle.Turn turn, SecondThread second) {

    /** Rows per transaction at present. */
    int batchRows() {
        return turn.batchRows(options.batchRows());
    }

    Limits windowLimits() {
        return new Limits(batchRows() * options.batchesPerWindow(), options.windowBytes());
    }

    Limits batchLimits() {
        return new Limits(options.batchRows(), options.windowBytes());
    }

    /** Waits for the next slice of work to begin. */
    void awaitTurn() {
        turn.await();
        rest.requireGoingOn();
    }
}
