package io.reseal.rotation.internal.compliance;

import java.time.Duration;
import java.time.Instant;

/** A stretch of time; without length if it ends before it begins. */
record Span(Instant from, Instant to) {

    /** How much of this lies in another one. */
    Duration within(Span other) {
        Duration common = Duration.between(later(from, other.from), earlier(to, other.to));
        return common.isNegative() ? Duration.ZERO : common;
    }

    boolean contains(Instant moment) {
        return !moment.isBefore(from) && moment.isBefore(to);
    }

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
