package io.reseal.rotation;

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

/**
 * What somebody has to look at, in the table {@code reseal_alert} that all nodes share. Of a kind and subject one alert is open at
 * a time: raised again, by whichever node, it counts. Safe for use by several threads and processes.
 */
public final class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final Comparator<Alert> MOST_SEVERE_FIRST = Comparator.comparing(Alert::severity)
            .thenComparing(Alert::firstSeen)
            .thenComparingLong(Alert::id);

    private final AlertStore store;
    private final AlertWatch watch;
    private final Clock clock;

    Alerts(AlertStore store, AlertWatch watch, Clock clock) {
        this.store = store;
        this.watch = watch;
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
        watch.look(now());
        List<Alert> open = open();
        open.stream().filter(alert -> !known.contains(alert.id())).forEach(Alerts::log);
        return open;
    }

    private static void log(Alert alert) {
        LOG.warn("{}. {}", alert, alert.remedy());
    }

    /**
     * Raises an alert, or counts the open one up and replaces its evidence.
     *
     * @param evidence what was found: names and numbers, never a value or key material; what is beyond 2,000 characters is cut
     * @return the alert as it is now
     */
    public Alert raise(AlertKind kind, AlertSubject subject, String evidence) {
        Alert alert = store.raise(new Sighting(kind, subject, evidence, 1, now()));
        if (alert.count() == 1) {
            log(alert);
        }
        return alert;
    }

    /**
     * Ends the open alert of a kind and subject: its cause is gone.
     *
     * @return whether there was one
     */
    public boolean resolve(AlertKind kind, AlertSubject subject) {
        return store.resolve(kind, subject, now());
    }

    /**
     * Takes an alert on. It stays open until its cause is gone; if somebody has taken it on already, it stays with them.
     *
     * @return the alert as it is now
     * @throws IllegalArgumentException if there is no such alert
     */
    public Alert acknowledge(long id, Person by) {
        store.acknowledge(id, new Alert.Acknowledgement(by.toString(), now()));
        return find(id).orElseThrow(() -> new IllegalArgumentException("There is no alert " + id));
    }

    /** One alert, open or resolved. */
    public Optional<Alert> find(long id) {
        return store.find(id);
    }

    /** Every open alert, the most severe first and among these the oldest. */
    public List<Alert> open() {
        return store.open().stream().sorted(MOST_SEVERE_FIRST).toList();
    }

    /** Every alert that was seen at {@code moment} or later, open or resolved, in the order in which they were raised. */
    public List<Alert> since(Instant moment) {
        return store.since(moment);
    }

    /** As exact as every database keeps it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
