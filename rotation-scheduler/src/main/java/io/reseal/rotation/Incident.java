package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.RunId;
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
     * @param proof what it was closed with; empty while it is open, and where there was nothing to prove
     */
    public record Response(
            Optional<KeyId> successor,
            Optional<Instant> effectiveAt,
            Optional<Affected> affected,
            Optional<RunId> run,
            List<RunId> paused,
            Optional<Proof> proof) {

        static final Response NONE = new Response(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty());

        public Response {
            paused = List.copyOf(paused);
        }

        Response effective(Optional<KeyId> present, Instant at) {
            return new Response(present, Optional.of(at), affected, run, paused, proof);
        }

        Response counted(Affected numbers) {
            return new Response(successor, effectiveAt, Optional.of(numbers), run, paused, proof);
        }

        Response running(RunId begun, List<RunId> waiting) {
            return new Response(successor, effectiveAt, affected, Optional.of(begun), waiting, proof);
        }

        Response ended(Optional<RunId> last, Optional<Proof> proved) {
            return new Response(successor, effectiveAt, affected, last, paused, proved);
        }

        Response withWaiting(List<RunId> runs) {
            return new Response(successor, effectiveAt, affected, run, runs, proof);
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

    /** Whether something is left to do or to find out that is not for people. */
    boolean isUnfinished() {
        boolean isWatched = response.run().isEmpty()
                || done(IncidentStep.COMPLETE_REENCRYPTION).isPresent();
        boolean isDone = response.effectiveAt().isPresent()
                && done(IncidentStep.RAISE_ALERT).isPresent()
                && done(IncidentStep.VERIFY_KEYS).isPresent()
                && done(IncidentStep.PROVE_EMPTY).isPresent();
        return isOpen() && !(isDone && isWatched && response.paused().isEmpty());
    }

    /** When it was opened, or opened again the last time: time boxes are counted from here, and steps are done after it. */
    public Instant since() {
        return sinceReopened().isEmpty() ? openedAt : sinceReopened().get(0).at();
    }

    /** How often it was opened again: what was looked at before the last time says nothing about it any more. */
    long reopenings() {
        return timeline.stream()
                .filter(entry -> entry.kind() == IncidentEntry.Kind.REOPENED)
                .count();
    }

    /** What was written since it was opened again the last time, that entry included; empty if it never was. */
    private List<IncidentEntry> sinceReopened() {
        for (int i = timeline.size() - 1; i >= 0; i--) {
            if (timeline.get(i).kind() == IncidentEntry.Kind.REOPENED) {
                return timeline.subList(i, timeline.size());
            }
        }
        return List.of();
    }

    /** How long it took from the call until no node sealed under the key any more; empty until then. */
    public Optional<Duration> effectiveAfter() {
        return response.effectiveAt().map(at -> Duration.between(since(), at));
    }

    /** The entry that completed a step first, since the incident was opened or opened again. */
    public Optional<IncidentEntry> done(IncidentStep step) {
        List<IncidentEntry> now = sinceReopened().isEmpty() ? timeline : sinceReopened();
        return now.stream()
                .filter(entry -> entry.step().equals(Optional.of(step)))
                .findFirst();
    }

    /** Every step, and how it stands at a moment. */
    public List<StepReport> steps(Instant now) {
        return List.of(IncidentStep.values()).stream()
                .map(step -> StepReport.of(step, this, now))
                .toList();
    }

    /** Somebody else calls, or the same person for another reason; twice in a row nothing new is said. */
    Incident calledAgain(Person by, String why, Instant at) {
        String text = "Called again by " + by + " because: " + why;
        boolean isKnown = (by.equals(openedBy) && why.equals(reason))
                || timeline.stream().anyMatch(entry -> entry.text().equals(text));
        return !isOpen() || isKnown
                ? this
                : with(new IncidentEntry(at, by.toString(), IncidentEntry.Kind.NOTE, Optional.empty(), text));
    }

    /** Everything is to be done again; what was counted and proved before says nothing about what came back. */
    Incident reopened(IncidentEntry entry) {
        return with(new Response(
                        response.successor(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        response.paused(),
                        Optional.empty()))
                .with(entry);
    }

    /** An entry is never dated before the one that it follows: clocks differ, and are set back. */
    Incident with(IncidentEntry next) {
        Instant last = timeline.isEmpty()
                ? next.at()
                : timeline.get(timeline.size() - 1).at();
        IncidentEntry entry = next.at().isBefore(last)
                ? new IncidentEntry(last, next.actor(), next.kind(), next.step(), next.text())
                : next;
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
