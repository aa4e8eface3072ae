package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Limits;
import io.reseal.rotation.internal.pace.Throttle;
import io.reseal.rotation.reencryption.ReencryptionOptions;

/** How one worker goes about its ranges: how much at once, when to rest, when it is over, and what it does beside. */
record Stint(ReencryptionOptions options, Rest rest, Lookout lookout, Throttle.Turn turn, SecondThread second) {

    private static final int READ = 8_000;
    private static final int READ_BESIDE_OTHERS = 1_000;

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

    /** Waits for the next slice of work, and returns how many rows to read in it: beside others, about as much work as a batch. */
    int awaitReading() {
        awaitTurn();
        return turn.isThrottled() ? READ_BESIDE_OTHERS : READ;
    }

    /** As the options have it; none of it counts as work. */
    void pauseBetweenBatches() {
        turn.finish();
        rest.pause(options.pauseBetweenBatches());
    }

    /** Waits for the next slice of work to begin. */
    void awaitTurn() {
        turn.await();
        rest.requireGoingOn();
    }
}
