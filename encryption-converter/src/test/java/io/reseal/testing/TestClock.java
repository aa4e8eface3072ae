package io.reseal.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that moves when the test says so, or by a step each time it is looked at. It is ahead of every database's, so that what is
 * dated by the later of two is dated by it.
 */
public final class TestClock extends Clock {

    private final Duration step;
    private Instant now = Instant.parse("2037-01-02T03:04:05Z");

    private TestClock(Duration step) {
        this.step = step;
    }

    /** Stands still until {@link #advance}. */
    public static TestClock standing() {
        return new TestClock(Duration.ZERO);
    }

    /** Moves by {@code step} with each look. */
    public static TestClock stepping(Duration step) {
        return new TestClock(step);
    }

    public synchronized void advance(Duration time) {
        now = now.plus(time);
    }

    /** As a clock does that is set right, or wrong. */
    public synchronized void goBack(Duration time) {
        now = now.minus(time);
    }

    public synchronized void set(Instant moment) {
        now = moment;
    }

    @Override
    public synchronized Instant instant() {
        now = now.plus(step);
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("UTC only");
    }
}
