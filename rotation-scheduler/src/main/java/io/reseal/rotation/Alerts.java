package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.AuditTrail;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.Sighting;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What somebody has to look at, in the table {@code reseal_alert} that all nodes share. Of a kind and subject one alert is open at
 * a time: raised again, by whichever node, it counts. Dated by the database's clock. Safe for use by several threads and processes.
 */
public final class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final Comparator<Alert> MOST_SEVERE_FIRST = Comparator.comparing(Alert::severity)
            .thenComparing(Alert::firstSeen)
            .thenComparingLong(Alert::id);

    private final AlertStore store;
    private final AlertWatch watch;
    private final AuditTrail trail;
    private final Clock clock;

    Alerts(AlertStore store, AlertWatch watch, AuditTrail trail, Clock clock) {
        this.store = store;
        this.watch = watch;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * Looks at what all nodes met, at the key store and at grace periods; raises what is new, and ends what is over. To be called
     * once a minute, on any number of nodes. It counts no values: an alert about a grace period goes by the newest proof.
     *
     * @return every open alert, as {@link #open}
     * @throws io.reseal.KeyStoreUnavailableException if the database does not answer; call again
     */
    public List<Alert> look() {
        Set<Long> known = store.open().stream().map(Alert::id).collect(Collectors.toSet());
        watch.look(clock.instant().truncatedTo(ChronoUnit.MICROS));
        List<Alert> open = open();
        open.stream().filter(alert -> !known.contains(alert.id())).forEach(Alerts::log);
        return open;
    }

    private static void log(Alert alert) {
        LOG.atLevel(alert.severity() == AlertSeverity.INFORMATION ? Level.INFO : Level.WARN)
                .log("{}. {}", alert, alert.remedy());
    }

    /**
     * Raises an alert, or counts the open one up and replaces its evidence.
     *
     * @param evidence what was found: names and numbers, never a value or key material; what is beyond 2,000 characters is cut
     * @return the alert as it is now
     */
    public Alert raise(AlertKind kind, AlertSubject subject, String evidence) {
        Alert alert = store.raise(new Sighting(kind, subject, evidence, 1));
        if (alert.count() == 1) {
            log(alert);
        }
        return alert;
    }

    /**
     * A person ends an alert, as far as they have seen it: raised again since it was read, it stays open. Recorded in the audit log.
     *
     * @param seen as it was read; see {@link #open(AlertKind, AlertSubject)}
     * @param reason why; at most 4,000 characters
     * @return whether it was open, and as they had seen it
     * @throws io.reseal.KeyStoreUnavailableException if the audit log does not answer: nothing was changed
     */
    public boolean resolve(Alert seen, Person by, String reason) {
        return store.resolve(seen, audited("resolve-alert", seen, by, reason));
    }

    /** What it was raised for is over, which is on record elsewhere; raised again since it was read, it stays open. */
    boolean end(Alert seen) {
        return store.resolve(seen);
    }

    /**
     * A person takes an alert on, which is recorded in the audit log. It stays open until its cause is gone; if somebody has taken it on
     * already, it stays with them, and nothing is recorded.
     *
     * @return the alert as it is now
     * @throws IllegalArgumentException if there is no such alert
     * @throws io.reseal.KeyStoreUnavailableException if the audit log does not answer: nothing was changed
     */
    public Alert acknowledge(long id, Person by) {
        Alert alert = get(id);
        boolean unused = store.acknowledge(id, by.toString(), audited("acknowledge-alert", alert, by, "takes it on"));
        return get(id);
    }

    private Runnable audited(String action, Alert alert, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), action, reason)
                .telling("raised " + alert.count() + " times from " + alert.firstSeen() + " to " + alert.lastSeen()
                        + ": " + alert);
        return () -> trail.did("alert " + alert.id(), entry);
    }

    private Alert get(long id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("There is no alert " + id));
    }

    /** The open alert of a kind and subject, if there is one. */
    public Optional<Alert> open(AlertKind kind, AlertSubject subject) {
        return store.open(kind, subject);
    }

    /** One alert, open or resolved. */
    public Optional<Alert> find(long id) {
        return store.find(id);
    }

    /** Every open alert, the most severe first and among these the oldest. */
    public List<Alert> open() {
        return store.open().stream().sorted(MOST_SEVERE_FIRST).toList();
    }

    /** Every alert that was seen at {@code moment} or later by the database's clock, open or resolved, in the order in which they were raised. */
    public List<Alert> since(Instant moment) {
        return store.since(moment);
    }
}
