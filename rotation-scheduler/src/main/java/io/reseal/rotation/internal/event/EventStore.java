package io.reseal.rotation.internal.event;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.internal.jdbc.Attempts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code reseal_event}: what people and the daily check do to it, and who asks. A unique column keeps one event open for a key
 * type. Rows are never deleted.
 */
public final class EventStore {

    private final Jdbi jdbi;
    private final EventReader reader;

    /**
     * Of this process.
     *
     * @param database holds the rotation schema
     */
    public EventStore(ResealDatabase database, KeyTypes types) {
        this.jdbi = database.jdbi();
        this.reader = new EventReader(types);
    }

    /** What lets this process work on events. */
    public EventClaims claims() {
        return new EventClaims(jdbi, reader);
    }

    /**
     * The open event of a key type: the one that there is, or else a new one.
     *
     * @param state of a new one
     * @param before done in front of the commit of a new one
     */
    public RotationEvent openOrInsert(
            KeyId replaces,
            EventState state,
            RotationEvent.Request request,
            RotationEvent.Course course,
            Runnable before) {
        return Attempts.STANDARD.inTransaction(jdbi, handle -> {
            Optional<RotationEvent> open = open(handle, replaces.type());
            if (open.isPresent()) {
                return open.get();
            }
            insert(handle, replaces, state, request, course);
            before.run();
            return open(handle, replaces.type()).orElseThrow();
        });
    }

    private static void insert(
            Handle handle,
            KeyId replaces,
            EventState state,
            RotationEvent.Request request,
            RotationEvent.Course course) {
        handle.createUpdate("""
                        INSERT INTO reseal_event (key_type, open_for, state, replaces, actor, reason, forced, requested_at, due_at,
                                                  rows_changed, rows_left, attempts, token)
                        VALUES (:type, :type, :state, :replaces, :actor, :reason, :forced, :requested, :due, 0, 0, 0, 0)
                        """)
                .bind("type", replaces.type().name())
                .bind("state", state.name())
                .bind("replaces", replaces.version())
                .bind("actor", request.actor())
                .bind("reason", request.reason())
                .bind("forced", request.forced())
                .bind("requested", course.requestedAt())
                .bind("due", course.dueAt())
                .execute();
    }

    /** Returns false if the event is not SCHEDULED any more; {@code before} is done in front of the commit. */
    public boolean force(EventId id, Instant now, Runnable before) {
        return Attempts.STANDARD.inTransaction(
                jdbi,
                handle -> handle.createUpdate("""
                                UPDATE reseal_event SET state = 'PENDING', forced = :forced, due_at = :now
                                WHERE id = :id AND state = 'SCHEDULED'
                                """)
                                        .bind("id", id.value())
                                        .bind("forced", true)
                                        .bind("now", now)
                                        .execute()
                                == 1
                        && done(before));
    }

    /** Makes those PENDING whose time has come; returns how many. */
    public int wake(Instant now) {
        return Attempts.STANDARD.inTransaction(
                jdbi,
                handle -> handle.createUpdate(
                                "UPDATE reseal_event SET state = 'PENDING' WHERE state = 'SCHEDULED' AND due_at <= :now")
                        .bind("now", now)
                        .execute());
    }

    /**
     * A person moves an event; whoever works on it loses the claim. Returns false if its state does not lead there, or another event of
     * the key type is open; {@code before} is done in front of the commit.
     */
    public boolean move(EventId id, EventState to, Instant now, Runnable before) {
        // the state comes after what depends on it: MariaDB looks at what was assigned before
        return Attempts.STANDARD.inTransaction(
                jdbi,
                handle -> handle.createUpdate("""
                                UPDATE reseal_event
                                SET attempts = CASE WHEN state = 'FAILED' THEN 0 ELSE attempts END,
                                    state = :to, open_for = CASE WHEN :open THEN key_type END, token = token + 1,
                                    holder = NULL, lease_until = NULL, next_attempt = NULL,
                                    ended_at = CASE WHEN :open THEN NULL ELSE CAST(:now AS <moment>) END
                                WHERE id = :id AND state IN (<from>)
                                  AND (open_for IS NOT NULL OR NOT EXISTS (SELECT 1 FROM (
                                        SELECT key_type AS other FROM reseal_event WHERE open_for IS NOT NULL) o
                                        WHERE o.other = key_type))
                                """)
                                        .bind("id", id.value())
                                        .bind("to", to.name())
                                        .bind("open", to.isOpen())
                                        .bind("now", now)
                                        .bindList(
                                                "from",
                                                EventState.before(to).stream()
                                                        .map(Enum::name)
                                                        .toList())
                                        .execute()
                                == 1
                        && done(before));
    }

    private static boolean done(Runnable work) {
        work.run();
        return true;
    }

    public Optional<RotationEvent> find(EventId id) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_event WHERE id = :id")
                .bind("id", id.value())
                .map(reader)
                .findOne());
    }

    public List<RotationEvent> open() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_event WHERE open_for IS NOT NULL ORDER BY due_at, id")
                .map(reader)
                .list());
    }

    private Optional<RotationEvent> open(Handle handle, KeyType type) {
        return handle.createQuery("SELECT * FROM reseal_event WHERE open_for = :type")
                .bind("type", type.name())
                .map(reader)
                .findOne();
    }

    /** Open, or ended at {@code moment} or later. */
    public List<RotationEvent> since(Instant moment) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_event WHERE open_for IS NOT NULL OR ended_at >= :moment ORDER BY id")
                .bind("moment", moment)
                .map(reader)
                .list());
    }
}
