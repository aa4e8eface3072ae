package io.reseal.rotation.internal.pace;

import io.reseal.rotation.internal.jdbc.Traffic;
import java.time.Duration;

/** What this node itself asked of the database, for all of its runs and beside them. Safe for use by several threads. */
public final class OwnWork {

    private static final double NANOS_PER_MILLI = 1_000_000;

    private long commits;
    private double millis;

    synchronized void add(int transactions, Duration took) {
        commits += transactions;
        millis += took.toNanos() / NANOS_PER_MILLI;
    }

    synchronized Traffic total() {
        return new Traffic(commits, millis, 0);
    }
}
