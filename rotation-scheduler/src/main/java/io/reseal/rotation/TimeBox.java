package io.reseal.rotation;

import java.time.Duration;

/** When a step of an emergency is due, counted from the opening of the incident. */
public enum TimeBox {
    /** The first 15 minutes. */
    IMMEDIATE(Duration.ZERO, Duration.ofMinutes(15)),
    /** Until two hours have passed. */
    SHORT_TERM(Duration.ofMinutes(15), Duration.ofHours(2)),
    /** Until a day has passed. */
    RECOVERY(Duration.ofHours(2), Duration.ofHours(24));

    private final Duration from;
    private final Duration until;

    TimeBox(Duration from, Duration until) {
        this.from = from;
        this.until = until;
    }

    /** After the opening; what can be done earlier may be. */
    public Duration from() {
        return from;
    }

    /** After the opening: what is done later is late. */
    public Duration until() {
        return until;
    }
}
