package io.reseal.rotation;

import java.time.Instant;
import java.util.Comparator;
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

    /** The security team counts as told when it was told, and not when somebody found the time to write it down. */
    private static Instant moment(IncidentStep step, Incident incident, IncidentEntry entry) {
        return incident.notifications().stream()
                .filter(told -> step == IncidentStep.NOTIFY_SECURITY
                        && !told.recordedAt().isBefore(incident.since()))
                .map(RecordedNotification::notification)
                .filter(told -> told.audience() == Notification.Audience.SECURITY)
                .map(Notification::at)
                .min(Comparator.naturalOrder())
                .orElse(entry.at());
    }

    static StepReport of(IncidentStep step, Incident incident, Instant now) {
        Instant due = incident.since().plus(step.box().until());
        Optional<IncidentEntry> entry = incident.done(step);
        Optional<Instant> done = entry.map(one -> moment(step, incident, one));
        boolean isLate = done.orElse(now).isAfter(due);
        Standing standing = done.isPresent()
                ? isLate ? Standing.DONE_LATE : Standing.DONE_IN_TIME
                : isLate ? Standing.OVERDUE : Standing.OPEN;
        return new StepReport(
                step, standing, due, done, entry.map(IncidentEntry::text).orElse(""));
    }
}
