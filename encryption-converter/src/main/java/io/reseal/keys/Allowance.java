package io.reseal.keys;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number of things that may be done, handed out one by one. Never more than were granted; threads seldom meet at one
 * counter, since each takes from a slice of its own.
 */
final class Allowance {

    static final int SLICE = 64;
    private static final int STRIPES = 16;

    /** Numbers that fill one line of a processor's cache, so that two stripes are never in one. */
    private static final int LINE = 16;

    private final AtomicLongArray slices = new AtomicLongArray((STRIPES + 1) * LINE);
    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong common = new AtomicLong();

    void grant(long number) {
        granted.addAndGet(number);
        common.addAndGet(number);
    }

    /** Takes one; false if nothing is left in common. */
    boolean take() {
        int slice = (1 + (Thread.currentThread().hashCode() & (STRIPES - 1))) * LINE;
        return takeFrom(slice) || fill(slice);
    }

    private boolean takeFrom(int slice) {
        long left = slices.get(slice);
        while (left > 0) {
            if (slices.compareAndSet(slice, left, left - 1)) {
                return true;
            }
            left = slices.get(slice);
        }
        return false;
    }

    private boolean fill(int slice) {
        long left = common.get();
        while (left > 0) {
            long part = Math.min(SLICE, left);
            if (common.compareAndSet(left, left - part)) {
                slices.addAndGet(slice, part - 1);
                return true;
            }
            left = common.get();
        }
        return false;
    }

    /** What is left for everybody, beside the slices. */
    long common() {
        return common.get();
    }

    /** How many were taken; exact while nobody takes any. */
    long taken() {
        long left = common.get();
        for (int i = 1; i <= STRIPES; i++) {
            left += slices.get(i * LINE);
        }
        return granted.get() - left;
    }
}
