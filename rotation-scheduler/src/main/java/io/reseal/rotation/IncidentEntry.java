package io.reseal.rotation;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of an incident's timeline.
 *
 * @param at by the clock of the node that wrote it
 * @param actor the person who did it, or for whom Reseal did
 * @param step the step that this completes; empty if it completes none
 */
public record IncidentEntry(Instant at, String actor, Kind kind, Optional<IncidentStep> step, String text) {

    /** What happened. */
    public enum Kind {
        OPENED,
        STEP_DONE,
        /** Something that Reseal did or met, and that completes no step. */
        NOTE,
        /** In a person's words. */
        REMARK,
        NOTIFICATION,
        CLOSED,
        REOPENED
    }
}
