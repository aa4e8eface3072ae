package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import io.reseal.rotation.internal.report.IncidentHtml;
import io.reseal.rotation.internal.report.IncidentJson;
import io.reseal.rotation.internal.report.OwnersCsv;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.RunId;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on record about compromised keys. Protected like the keys, shared by all nodes, and kept; each change is in the audit log.
 * An incident is known by its key. Safe for use by several threads.
 *
 * <p>Throws what {@link io.reseal.keys.KeyLifecycle} throws when the key store does not answer or was changed by somebody else, and an
 * {@link IllegalArgumentException} for a key of which there is no incident.
 */
public final class Incidents {

    private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);
    private static final int MAX_TEXT = 2_000;
    private static final int MAX_ENTRIES = 500;

    private final Custody custody;
    private final IncidentStore store;
    private final EmergencyFollowUp followUp;
    private static final String CHANGED_OWNERS =
            "they are not those that were taken down, because reseal_affected_owner was changed since by somebody other than Reseal:"
                    + " do not rely on the list, and restore the table from a backup of after the count";

    private final AffectedValues affected;
    private final Alerts alerts;

    Incidents(IncidentStore store, Custody custody, EmergencyFollowUp followUp, Around around) {
        this.store = store;
        this.custody = custody;
        this.followUp = followUp;
        this.affected = around.affected();
        this.alerts = around.alerts();
    }

    /** What incidents touch beside the keys. */
    record Around(AffectedValues affected, Alerts alerts) {}

    AffectedValues affected() {
        return affected;
    }

    IncidentStore store() {
        return store;
    }

    boolean hasNothingToReencrypt() {
        return custody.values().isUnmapped();
    }

    /** Every incident that this node understands, the newest first: not those of key types that only other nodes know. */
    public List<Incident> all() {
        return store.all();
    }

    /** The incident of a key, if there is one. */
    public Optional<Incident> find(KeyId key) {
        return store.find(key);
    }

    /** The incident with an {@link Incident#id}, as it stands in an address, if there is one. */
    public Optional<Incident> find(String id) {
        return store.find(id);
    }

    /** Takes note now of how far the re-encryption is, and lets runs go on that waited for it; nodes do so by themselves every few seconds. */
    public Incident follow(KeyId key) {
        Chronicle chronicle = chronicle(key);
        raise(chronicle);
        followUp.follow(chronicle);
        return store.get(key);
    }

    /** How an incident stands now; asks the database. Writes nothing. */
    public IncidentReport report(KeyId key) {
        Incident incident = store.get(key);
        Instant now = store.now();
        return new IncidentReport(
                incident,
                now,
                custody.version(key).state(),
                incident.steps(now),
                followUp.run(incident)
                        .flatMap(run -> followUp.standing(incident)
                                .map(standing -> new IncidentReport.RunReport(
                                        run,
                                        standing.state(),
                                        standing.failure(),
                                        standing.tables(),
                                        standing.quarantined()))),
                followUp.proof(incident),
                followUp.missing(incident));
    }

    /**
     * A person has done a step that only a person can do, or done it again.
     *
     * @param text what was found or decided: at most 2,000 characters
     * @throws IllegalArgumentException if Reseal itself finds out whether the step is done
     */
    public Incident complete(KeyId key, IncidentStep step, Person by, String text) {
        if (!step.isForPeople()) {
            throw new IllegalArgumentException("Whether " + step + " is done is found out, and not said by a person");
        }
        return write(key, by, new Line(IncidentEntry.Kind.STEP_DONE, Optional.of(step), text));
    }

    /** A person adds something in their own words: at most 2,000 characters. */
    public Incident remark(KeyId key, Person by, String text) {
        return write(key, by, new Line(IncidentEntry.Kind.REMARK, Optional.empty(), text));
    }

    /**
     * Somebody was told. The first time that it is the security team completes {@link IncidentStep#NOTIFY_SECURITY}, as of the moment at
     * which it was told.
     *
     * @throws IllegalArgumentException if that moment is in the future
     */
    public Incident notified(KeyId key, Notification notification, Person by) {
        Instant at = store.now();
        if (notification.at().truncatedTo(ChronoUnit.MICROS).isAfter(at)) {
            throw new IllegalArgumentException("The notification is dated " + notification.at()
                    + ", which is in the future: it is " + at + " by the clock of this node. Say when it was done");
        }
        boolean isSecurity = notification.audience() == Notification.Audience.SECURITY;
        String text = notification.audience() + ": " + notification.whom() + ", by " + notification.channel() + ", at "
                + notification.at();
        IncidentEntry entry = new IncidentEntry(
                at,
                by.toString(),
                IncidentEntry.Kind.NOTIFICATION,
                isSecurity ? Optional.of(IncidentStep.NOTIFY_SECURITY) : Optional.empty(),
                text);
        return store.change(
                key,
                before -> requireOpenAndShort(before)
                        .with(new RecordedNotification(notification, by, at))
                        .with(entry),
                audited(by, "incident-notification", key, text));
    }

    /**
     * Closes an incident.
     *
     * @param conclusion at most 2,000 characters
     * @throws IncidentRefusedException if a node may still use the key, or the proof that nothing is left under it is missing
     */
    public Incident close(KeyId key, Person by, String conclusion) {
        Optional<Alert> seen = alerts.open(AlertKind.EMERGENCY_ROTATION, AlertSubject.key(key));
        Incident incident = store.get(key);
        if (!incident.isOpen()) {
            seen.ifPresent(alerts::end);
            return incident;
        }
        requireText(conclusion);
        followUp.follow(chronicle(incident, by.toString()));
        Incident followed = store.get(key);
        List<String> missing = followUp.missing(followed);
        if (!missing.isEmpty()) {
            throw new IncidentRefusedException(incident, "stays open", missing);
        }
        Incident closed = end(followed, by, conclusion);
        if (closed.isOpen()) {
            throw new IncidentRefusedException(
                    closed, "stays open", List.of("it was opened again meanwhile: close it when that is dealt with"));
        }
        seen.ifPresent(alerts::end); // as it was before: opened and raised again meanwhile, it stays
        return closed;
    }

    /** What it ends with is kept: later runs and proofs of the key are not its own. */
    private Incident end(Incident incident, Person by, String conclusion) {
        Optional<RunId> run = followUp.run(incident);
        Optional<Proof> proof = followUp.proof(incident);
        IncidentEntry entry = entry(by, new Line(IncidentEntry.Kind.CLOSED, Optional.empty(), conclusion));
        return store.change(
                incident.key(),
                before -> before.isOpen() && before.reopenings() == incident.reopenings()
                        ? before.with(before.response().ended(run, proof)).with(entry)
                        : before,
                audited(by, "incident-closed", incident.key(), conclusion));
    }

    /**
     * Opens a closed incident again, for example because a backup was restored that holds values under the key. Every step is to be done
     * again: a node does those that are not for people, by itself or when {@link EmergencyRotation#replace} is called. It is closed again
     * only with a new proof.
     */
    public Incident reopen(KeyId key, Person by, String reason) {
        requireText(reason);
        IncidentEntry entry =
                entry(by, new Line(IncidentEntry.Kind.REOPENED, Optional.of(IncidentStep.IDENTIFY_KEY), reason));
        Incident open = store.change(
                key,
                before -> before.isOpen() ? before : before.reopened(entry),
                audited(by, "reopen-incident", key, reason));
        raise(chronicle(open, by.toString()));
        return store.get(key);
    }

    /** Writes everything about an incident as one JSON document; {@code to} is flushed and left open. */
    public void writeJson(KeyId key, Writer to) throws IOException {
        IncidentJson.write(report(key), to);
    }

    /** Writes everything about an incident as one HTML page that needs nothing else; {@code to} is flushed and left open. */
    public void writeHtml(KeyId key, Writer to) throws IOException {
        IncidentHtml.write(report(key), to);
    }

    /**
     * Writes the owners of the rows that were under the key when they were counted as CSV, in bounded memory: a line for each owner and
     * table, sorted, in quotation marks. An owner that begins like a formula of a spreadsheet gets an apostrophe in front. {@code to} is
     * flushed and left open.
     *
     * @throws IncidentRefusedException if what was written is not the list that was taken down: somebody changed it by SQL
     */
    public void writeAffectedOwners(KeyId key, Writer to) throws IOException {
        Incident incident = store.get(key);
        OwnersCsv csv = new OwnersCsv(to);
        String written = affected.owners(incident.id(), csv::add);
        to.flush();
        Optional<String> takenDown = incident.response().affected().flatMap(Affected::ownersDigest);
        if (!takenDown.orElse(written).equals(written)) {
            throw new IncidentRefusedException(incident, "whose owners were written", List.of(CHANGED_OWNERS));
        }
    }

    /** Raises the alert of an open incident unless that is done. One that cannot be raised holds up nothing, and is tried again. */
    void raise(Chronicle chronicle) {
        Incident incident = chronicle.incident();
        if (incident.isOpen() && incident.done(IncidentStep.RAISE_ALERT).isEmpty()) {
            try {
                alert(incident);
                chronicle.done(IncidentStep.RAISE_ALERT, "A critical alert was raised");
            } catch (RuntimeException e) {
                LOG.error("No alert was raised of the {}: the rotation goes on", incident, e);
                chronicle.note("No alert was raised: " + e.getClass().getSimpleName());
            }
        }
    }

    private void alert(Incident incident) {
        alerts.raise(
                AlertKind.EMERGENCY_ROTATION,
                AlertSubject.key(incident.key()),
                "by " + incident.openedBy() + ": " + incident.reason());
    }

    /** For what is done without anybody calling: on behalf of whoever opened the incident. */
    Chronicle chronicle(KeyId key) {
        Incident incident = store.get(key);
        return chronicle(incident, incident.openedBy().toString());
    }

    private Chronicle chronicle(Incident incident, String actor) {
        return new Chronicle(store, incident, new Custody.Wish(actor, incident.reason()));
    }

    private record Line(IncidentEntry.Kind kind, Optional<IncidentStep> step, String text) {}

    private Incident write(KeyId key, Person by, Line line) {
        requireText(line.text());
        IncidentEntry entry = entry(by, line);
        String action = "incident-" + line.kind().name().toLowerCase(Locale.ROOT);
        return store.change(
                key, before -> requireOpenAndShort(before).with(entry), audited(by, action, key, line.text()));
    }

    private IncidentEntry entry(Person by, Line line) {
        return new IncidentEntry(store.now(), by.toString(), line.kind(), line.step(), line.text());
    }

    private static AuditEntry audited(Person by, String action, KeyId key, String text) {
        return IncidentStore.audited(new Custody.Wish(by.toString(), text), action, key, text);
    }

    private static void requireText(String text) {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("An incident's entries are of 1 to " + MAX_TEXT + " characters");
        }
    }

    private static Incident requireOpenAndShort(Incident incident) {
        if (!incident.isOpen()) {
            throw new IncidentRefusedException(incident, "takes no entries", List.of("open it again first"));
        }
        if (incident.timeline().size() >= MAX_ENTRIES) {
            throw new IncidentRefusedException(
                    incident, "is full", List.of("it has " + MAX_ENTRIES + " entries: close it"));
        }
        return incident;
    }
}
