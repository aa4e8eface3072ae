package io.reseal.rotation;

import java.time.Instant;
import java.util.Optional;

/**
 * How a step of an incident stands.
 *
 * @param due until when it was to be done
 * @param done when it was done; empty if it is not
 * @param evidence what is on record about it; empty if it is not done
 */
public record StepReport(IncidentStep step, Standing standing, Instant due, Optional<Instant> done, String evidence) {

    /** Done or not, and in time or not. */
    public enum Standing {
        DONE_IN_TIME,
        DONE_LATE,
        /** Not done, and there is still time. */
        OPEN,
        OVERDUE
    }

    static StepReport of(IncidentStep step, Incident incident, Instant now) {
        Instant due = incident.openedAt().plus(step.box().until());
        Optional<IncidentEntry> entry = incident.done(step);
        Optional<Instant> done = entry.map(IncidentEntry::at);
        boolean isLate = done.orElse(now).isAfter(due);
        Standing standing = done.isPresent()
                ? isLate ? Standing.DONE_LATE : Standing.DONE_IN_TIME
                : isLate ? Standing.OVERDUE : Standing.OPEN;
        return new StepReport(
                step, standing, due, done, entry.map(IncidentEntry::text).orElse(""));
    }
}
