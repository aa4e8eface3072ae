package io.reseal.rotation.internal.event;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.EventId;
import io.reseal.rotation.EventState;
import io.reseal.rotation.RotationEvent;
import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Attempts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The table {@code reseal_event}. A unique column keeps one event open for a key type. Claims are leases by the database's clock; every
 * change that a node makes to an event it works on checks the token of its claim. Rows are never deleted.
 */
public final class EventStore {

    private static final int MAX_FAILURE = 1_000;

    private final Jdbi jdbi;
    private final KeyTypes types;
    private final String holder = ThisNode.name();

    /**
     * Of this process.
     *
     * @param database holds the rotation schema
     */
    public EventStore(ResealDatabase database, KeyTypes types) {
        this.jdbi = database.jdbi();
        this.types = types;
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
        return Attempts.STANDARD.inTransaction(
                jdbi,
                handle -> handle.createUpdate("""
                                UPDATE reseal_event
                                SET state = :to, open_for = CASE WHEN :open THEN key_type END, token = token + 1,
                                    holder = NULL, lease_until = NULL, next_attempt = NULL,
                                    attempts = CASE WHEN state = 'FAILED' THEN 0 ELSE attempts END,
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

    /** Those that may be claimed: PENDING ones whose next attempt has come, and RUNNING ones that nobody works on any more. */
    public List<RotationEvent> claimable(Instant now) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_event WHERE " + CLAIMABLE + " ORDER BY due_at, id")
                        .bind("now", now)
                        .map(this::read)
                        .list());
    }

    private static final String CLAIMABLE = "(state = 'PENDING' AND (next_attempt IS NULL OR next_attempt <= :now)"
            + " OR state = 'RUNNING' AND (lease_until IS NULL OR lease_until < <now>))";

    /** Takes an event, if it still may be claimed, for {@code lease} from now. */
    public Optional<Claim> claim(EventId id, Instant now, Duration lease) {
        return Attempts.STANDARD.inTransaction(jdbi, handle -> {
            int taken = handle.createUpdate("""
                            UPDATE reseal_event
                            SET state = 'RUNNING', holder = :holder, token = token + 1, lease_until = <after_millis>,
                                attempts = attempts + 1, next_attempt = NULL,
                                started_at = COALESCE(started_at, CAST(:now AS <moment>))
                            WHERE id = :id AND\s""" + CLAIMABLE)
                    .bind("id", id.value())
                    .bind("holder", holder)
                    .bind("now", now)
                    .bind("millis", lease.toMillis())
                    .execute();
            return taken == 1 ? Optional.of(claimed(handle, id)) : Optional.empty();
        });
    }

    private Claim claimed(Handle handle, EventId id) {
        return handle.createQuery("SELECT * FROM reseal_event WHERE id = :id")
                .bind("id", id.value())
                .map((row, context) -> new Claim(read(row, context), row.getLong("token")))
                .one();
    }

    /** Prolongs a claim; false if it is lost. */
    public boolean renew(Claim claim, long rows, Duration lease) {
        return jdbi.withHandle(handle ->
                handle.createUpdate("UPDATE reseal_event SET lease_until = <after_millis>, rows_changed = :rows WHERE "
                                        + HELD)
                                .bind("id", claim.event().id().value())
                                .bind("token", claim.token())
                                .bind("rows", rows)
                                .bind("millis", lease.toMillis())
                                .execute()
                        == 1);
    }

    private static final String HELD = "id = :id AND token = :token AND state = 'RUNNING'";

    /** Records what is active in the place of the key that is replaced; false if the claim is lost. */
    public boolean replaced(Claim claim, KeyId successor) {
        return set(claim, "successor", successor.version());
    }

    /** Records what re-encrypts; false if the claim is lost. */
    public boolean reencrypting(Claim claim, RunId run) {
        return set(claim, "run_id", run.value());
    }

    private boolean set(Claim claim, String column, long value) {
        return jdbi.withHandle(handle -> handle.createUpdate("UPDATE reseal_event SET <column> = :value WHERE " + HELD)
                        .define("column", column)
                        .bind("id", claim.event().id().value())
                        .bind("token", claim.token())
                        .bind("value", value)
                        .execute()
                == 1);
    }

    /** Gives up a claim, and leaves the event in another state; false if the claim is lost. */
    public boolean leave(Claim claim, Leaving leaving, Instant now) {
        boolean isOpen = leaving.state().isOpen();
        return Attempts.STANDARD.inTransaction(
                jdbi,
                handle -> handle.createUpdate("""
                        UPDATE reseal_event
                        SET state = :state, open_for = CASE WHEN :open THEN key_type END, holder = NULL, lease_until = NULL,
                            rows_changed = COALESCE(:rows, rows_changed), rows_left = COALESCE(:left, rows_left),
                            failure = :failure, next_attempt = CAST(:next AS <moment>),
                            attempts = attempts - :untried,
                            ended_at = CASE WHEN :open THEN NULL ELSE CAST(:now AS <moment>) END
                        WHERE\s""" + HELD)
                                .bind("id", claim.event().id().value())
                                .bind("token", claim.token())
                                .bind("state", leaving.state().name())
                                .bind("open", isOpen)
                                .bind("rows", leaving.rows().orElse(null))
                                .bind("left", leaving.remaining().orElse(null))
                                .bind(
                                        "failure",
                                        leaving.failure().map(EventStore::cut).orElse(null))
                                .bind("next", leaving.nextAttempt().orElse(null))
                                .bind("untried", leaving.isUntried() ? 1 : 0)
                                .bind("now", now)
                                .execute()
                        == 1);
    }

    private static String cut(String failure) {
        return failure.substring(0, Math.min(MAX_FAILURE, failure.length()));
    }

    /** Whether somebody else works on an event at present. */
    public boolean isWorkedOnElsewhere() {
        return jdbi.withHandle(handle -> handle.createQuery(
                                "SELECT COUNT(*) FROM reseal_event WHERE state = 'RUNNING' AND holder <> :holder AND lease_until >= <now>")
                        .bind("holder", holder)
                        .mapTo(Long.class)
                        .one()
                > 0);
    }

    /** When the first of those that wait for another attempt is to be tried again. */
    public Optional<Instant> nextAttempt() {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        SELECT next_attempt FROM reseal_event
                        WHERE state = 'PENDING' AND next_attempt IS NOT NULL
                        ORDER BY next_attempt LIMIT 1
                        """).mapTo(Instant.class).findOne());
    }

    public Optional<RotationEvent> find(EventId id) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_event WHERE id = :id")
                .bind("id", id.value())
                .map(this::read)
                .findOne());
    }

    public List<RotationEvent> open() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_event WHERE open_for IS NOT NULL ORDER BY due_at, id")
                .map(this::read)
                .list());
    }

    private Optional<RotationEvent> open(Handle handle, KeyType type) {
        return handle.createQuery("SELECT * FROM reseal_event WHERE open_for = :type")
                .bind("type", type.name())
                .map(this::read)
                .findOne();
    }

    /** Open, or ended at {@code moment} or later. */
    public List<RotationEvent> since(Instant moment) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_event WHERE open_for IS NOT NULL OR ended_at >= :moment ORDER BY id")
                .bind("moment", moment)
                .map(this::read)
                .list());
    }

    private RotationEvent read(ResultSet row, StatementContext context) throws SQLException {
        KeyType type = types.named(row.getString("key_type"));
        return new RotationEvent(
                new EventId(row.getLong("id")),
                EventState.valueOf(row.getString("state")),
                new KeyId(type, row.getInt("replaces")),
                new RotationEvent.Request(row.getString("actor"), row.getString("reason"), row.getBoolean("forced")),
                new RotationEvent.Course(
                        Moments.read(row, "requested_at", context),
                        Moments.read(row, "due_at", context),
                        Optional.ofNullable(Moments.readOrNull(row, "started_at", context)),
                        Optional.ofNullable(Moments.readOrNull(row, "ended_at", context))),
                new RotationEvent.Outcome(
                        Optional.ofNullable(row.getObject("successor", Integer.class))
                                .map(version -> new KeyId(type, version)),
                        Optional.ofNullable(row.getObject("run_id", Long.class)).map(RunId::new),
                        row.getLong("rows_changed"),
                        row.getLong("rows_left"),
                        row.getInt("attempts"),
                        Optional.ofNullable(Moments.readOrNull(row, "next_attempt", context)),
                        Optional.ofNullable(row.getString("failure"))));
    }
}
