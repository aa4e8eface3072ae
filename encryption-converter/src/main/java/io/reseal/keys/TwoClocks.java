package io.reseal.keys;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The wall clock and the monotonic one: time has passed as soon as either says so. */
final class TwoClocks {

    private final Clock wall;

    TwoClocks(Clock wall) {
        this.wall = wall;
    }

    /** A moment on both clocks. */
    record Moment(long wallMillis, long nanos) {

        boolean isBefore(Moment other) {
            return nanos < other.nanos;
        }
    }

    Moment now() {
        return new Moment(wall.millis(), System.nanoTime());
    }

    Duration since(Moment then) {
        Moment now = now();
        long wallNanos = TimeUnit.MILLISECONDS.toNanos(now.wallMillis() - then.wallMillis());
        return Duration.ofNanos(Math.max(wallNanos, now.nanos() - then.nanos()));
    }
}
