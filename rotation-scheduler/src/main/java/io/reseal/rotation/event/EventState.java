package io.reseal.rotation.event;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a rotation event stands. */
public enum EventState {
    /** Its time has not come. */
    SCHEDULED,
    /** It is to be executed: for the first time, again after a failure, or after it was paused. */
    PENDING,
    /** A node rotates the key, or nodes re-encrypt what is under its predecessor. */
    RUNNING,
    /** Held by a person, on all nodes. */
    PAUSED,
    /** The key has its successor; of what can be re-encrypted, everything was, as far as it opened. */
    COMPLETED,
    /** Given up after several attempts; a person may have it tried again. */
    FAILED,
    /** Called off by a person. A key that was replaced before stays so. */
    CANCELLED;

    /** Whether it can still change the key; a key type has at most one open event. */
    public boolean isOpen() {
        return this != COMPLETED && this != FAILED && this != CANCELLED;
    }

    /** Whether an event goes from this state to another one. */
    public boolean leadsTo(EventState next) {
        return successors().contains(next);
    }

    private Set<EventState> successors() {
        return switch (this) {
            case SCHEDULED -> EnumSet.of(PENDING, PAUSED, CANCELLED);
            case PENDING -> EnumSet.of(RUNNING, PAUSED, CANCELLED);
            case RUNNING -> EnumSet.of(PENDING, PAUSED, COMPLETED, FAILED, CANCELLED);
            case PAUSED -> EnumSet.of(SCHEDULED, PENDING, CANCELLED);
            case FAILED -> EnumSet.of(PENDING);
            case COMPLETED, CANCELLED -> EnumSet.noneOf(EventState.class);
        };
    }

    /** The states from which one goes to {@code next}. */
    public static Set<EventState> before(EventState next) {
        return EnumSet.allOf(EventState.class).stream()
                .filter(state -> state.leadsTo(next))
                .collect(Collectors.toUnmodifiableSet());
    }
}
