package io.reseal.rotation.internal.event;

import io.reseal.rotation.event.EventState;
import java.time.Instant;
import java.util.Optional;

/**
 * How a node leaves an event that it has worked on.
 *
 * @param rows re-encrypted so far; empty for as many as are on record
 * @param remaining values that were found under retired versions; empty for as many as are on record
 * @param failure why it was left, if it failed
 * @param nextAttempt before when nobody tries again
 * @param isUntried whether the attempt does not count
 */
public record Leaving(
        EventState state,
        Optional<Long> rows,
        Optional<Long> remaining,
        Optional<String> failure,
        Optional<Instant> nextAttempt,
        boolean isUntried) {

    /** What can be done is done. */
    public static Leaving completed(long rows, long remaining) {
        return new Leaving(
                EventState.COMPLETED,
                Optional.of(rows),
                Optional.of(remaining),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** Another node, or this one later, is to go on. */
    public static Leaving toOthers() {
        return new Leaving(
                EventState.PENDING, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);
    }

    /** Its re-encryption was stopped by a person. */
    public static Leaving as(EventState state) {
        return new Leaving(state, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);
    }

    /** Tried again at {@code next}. */
    public static Leaving failed(String failure, Instant next) {
        return new Leaving(
                EventState.PENDING, Optional.empty(), Optional.empty(), Optional.of(failure), Optional.of(next), false);
    }

    /** Not tried again. */
    public static Leaving givenUp(String failure) {
        return new Leaving(
                EventState.FAILED, Optional.empty(), Optional.empty(), Optional.of(failure), Optional.empty(), false);
    }
}
