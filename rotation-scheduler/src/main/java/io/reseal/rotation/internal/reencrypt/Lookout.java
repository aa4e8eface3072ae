package io.reseal.rotation.internal.reencrypt;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a node's idle workers look for a range to split: one at a time, because each would see the same, and the more rarely
 * the longer there is none, because looking costs the database.
 */
final class Lookout {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final LongSupplier nanoTime;
    private Duration wait = FIRST;
    private long due;

    Lookout(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.due = nanoTime.getAsLong();
    }

    /** Whether the caller is to look now; nobody else is told so before the wait is over or something was found. */
    synchronized boolean isDue() {
        long now = nanoTime.getAsLong();
        if (now - due < 0) {
            return false;
        }
        due = now + wait.toNanos();
        return true;
    }

    /** The next one looks at once: what was halved may be worth it again. */
    synchronized void found() {
        wait = FIRST;
        due = nanoTime.getAsLong();
    }

    synchronized void foundNothing() {
        due = nanoTime.getAsLong() + wait.toNanos();
        Duration longer = wait.multipliedBy(2);
        wait = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }

    /** There are ranges to work on again. */
    synchronized void forget() {
        wait = FIRST;
        long now = nanoTime.getAsLong();
        due = now + Math.min(due - now, wait.toNanos());
    }
}
