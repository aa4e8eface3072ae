package io.reseal.rotation;

import io.reseal.keys.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A compromised key, and everything that was done about it. Immutable; {@link Incidents} has the present one.
 *
 * @param key the compromised one: an incident is known by it
 * @param openedBy who said that it is compromised
 * @param reason why, in their words
 * @param openedAt when, by the clock of their node: all time boxes are counted from here
 * @param response what Reseal did
 * @param timeline in the order in which it was written
 */
public record Incident(
        KeyId key,
        Person openedBy,
        String reason,
        Instant openedAt,
        Response response,
        List<RecordedNotification> notifications,
        List<IncidentEntry> timeline) {

    public Incident {
        notifications = List.copyOf(notifications);
        timeline = List.copyOf(timeline);
    }

    /**
     * What Reseal did about a compromised key.
     *
     * @param successor the version that seals instead; empty until then
     * @param effectiveAt when the last node had taken note, or could no longer seal; empty until then
     * @param affected what was under the key before its re-encryption began; empty until it was counted
     * @param run the re-encryption; empty until it has begun, and where there is nothing to re-encrypt
     * @param paused re-encryptions of other key types that wait until this one is over
     */
    public record Response(
            Optional<KeyId> successor,
            Optional<Instant> effectiveAt,
            Optional<Affected> affected,
            Optional<RunId> run,
            List<RunId> paused) {

        static final Response NONE =
                new Response(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

        public Response {
            paused = List.copyOf(paused);
        }

        Response effective(Optional<KeyId> present, Instant at) {
            return new Response(present, Optional.of(at), affected, run, paused);
        }

        Response counted(Affected numbers) {
            return new Response(successor, effectiveAt, Optional.of(numbers), run, paused);
        }

        Response running(RunId begun, List<RunId> waiting) {
            return new Response(successor, effectiveAt, affected, Optional.of(begun), waiting);
        }

        Response withNobodyWaiting() {
            return new Response(successor, effectiveAt, affected, run, List.of());
        }
    }

    static Incident opened(KeyId key, Person by, String reason, Instant at) {
        Incident incident = new Incident(key, by, reason, at, Response.NONE, List.of(), List.of());
        return incident.with(new IncidentEntry(
                at, by.toString(), IncidentEntry.Kind.OPENED, Optional.of(IncidentStep.IDENTIFY_KEY), reason));
    }

    /** As it is spelled in addresses and files: the key type, a slash, the version. */
    public String id() {
        return id(key);
    }

    static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }

    /** Whether nobody has closed it, or somebody has opened it again. */
    public boolean isOpen() {
        return timeline.stream()
                .filter(entry ->
                        entry.kind() == IncidentEntry.Kind.CLOSED || entry.kind() == IncidentEntry.Kind.REOPENED)
                .reduce((earlier, later) -> later)
                .map(entry -> entry.kind() == IncidentEntry.Kind.REOPENED)
                .orElse(true);
    }

    /** How long it took from the call until no node sealed under the key any more; empty until then. */
    public Optional<Duration> effectiveAfter() {
        return response.effectiveAt().map(at -> Duration.between(openedAt, at));
    }

    /** The entry that completed a step first. */
    public Optional<IncidentEntry> done(IncidentStep step) {
        return timeline.stream()
                .filter(entry -> entry.step().equals(Optional.of(step)))
                .findFirst();
    }

    /** Every step, and how it stands at a moment. */
    public List<StepReport> steps(Instant now) {
        return List.of(IncidentStep.values()).stream()
                .map(step -> StepReport.of(step, this, now))
                .toList();
    }

    Incident with(IncidentEntry entry) {
        List<IncidentEntry> more = new ArrayList<>(timeline);
        more.add(entry);
        return new Incident(key, openedBy, reason, openedAt, response, notifications, more);
    }

    Incident with(Response next) {
        return new Incident(key, openedBy, reason, openedAt, next, notifications, timeline);
    }

    Incident with(RecordedNotification notification) {
        List<RecordedNotification> more = new ArrayList<>(notifications);
        more.add(notification);
        return new Incident(key, openedBy, reason, openedAt, response, more, timeline);
    }

    @Override
    public String toString() {
        return "incident " + id() + (isOpen() ? ", open since " : ", closed, opened at ") + openedAt;
    }
}
