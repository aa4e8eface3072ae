package io.reseal.rotation.internal.health;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** Whether rotations that are due are executed, and those that were begun are worked on. */
final class EventDelays implements Look {

    /** Two times at which waiting ones are executed. */
    private static final Duration PATIENCE = Duration.ofHours(8);

    /** For which a claim may have run out before nobody is thought to take it over. */
    private static final Duration TAKEOVER = Duration.ofMinutes(5);

    private final Jdbi jdbi;

    EventDelays(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public Check check() {
        return Check.ROTATION_EVENTS;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.ROTATION_DELAYED);
    }

    /** @param isLeft whether nobody has worked on it for a while */
    private record Open(EventId id, String keyType, EventState state, Instant from, boolean isLeft) {

        private static Open read(ResultSet row, StatementContext context) throws SQLException {
            Instant requested = Moments.read(row, "requested_at", context);
            Instant due = Moments.read(row, "due_at", context);
            return new Open(
                    new EventId(row.getLong("id")),
                    row.getString("key_type"),
                    EventState.valueOf(row.getString("state")),
                    requested.isAfter(due) ? requested : due,
                    row.getBoolean("is_left"));
        }

        private AlertSubject subject() {
            return new AlertSubject(AlertSubject.Sort.KEY_TYPE, keyType);
        }
    }

    /** Leases are the database's, all else is dated as rotations are. */
    @Override
    public List<HealthFinding> at(Instant now) {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        SELECT id, key_type, state, requested_at, due_at,
                               CASE WHEN lease_until IS NULL OR lease_until < <after_millis> THEN 1 ELSE 0 END AS is_left
                        FROM reseal_event WHERE open_for IS NOT NULL ORDER BY id
                        """).bind("millis", -TAKEOVER.toMillis()).map(Open::read).list().stream()
                        .map(event -> finding(event, now))
                        .toList());
    }

    private static HealthFinding finding(Open event, Instant now) {
        boolean isWaiting = event.state() == EventState.SCHEDULED || event.state() == EventState.PENDING;
        String state = event.id() + " is " + event.state();
        if (isWaiting && event.from().plus(PATIENCE).isBefore(now)) {
            return delayed(
                    event,
                    state + ", and to be executed since " + event.from(),
                    "executed within " + PATIENCE.toHours() + " h");
        }
        if (event.state() == EventState.RUNNING && event.isLeft()) {
            return delayed(
                    event,
                    state + ", and no node has worked on it for " + TAKEOVER.toMinutes() + " min",
                    "taken over by another node");
        }
        return HealthFinding.well(
                Check.ROTATION_EVENTS, event.subject(), state, "executed within " + PATIENCE.toHours() + " h");
    }

    private static HealthFinding delayed(Open event, String observed, String threshold) {
        return HealthFinding.of(
                AlertKind.ROTATION_DELAYED, Check.ROTATION_EVENTS, event.subject(), observed, threshold);
    }
}
