package io.reseal.rotation.internal.event;

import io.reseal.keys.KeyId;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.internal.jdbc.Attempts;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Which process works on which event. Claims are leases by the database's clock; every change that a process makes to an event it works on
 * checks the token of its claim.
 */
public final class EventClaims {

    private static final String CLAIMABLE = "(state = 'PENDING' AND (next_attempt IS NULL OR next_attempt <= :now)"
            + " OR state = 'RUNNING' AND (lease_until IS NULL OR lease_until < <now>))";

    private static final String HELD = "id = :id AND token = :token AND state = 'RUNNING'";

    private static final int MAX_FAILURE = 1_000;

    private final Jdbi jdbi;
    private final EventReader reader;
    private final String holder = ThisNode.name();

    EventClaims(Jdbi jdbi, EventReader reader) {
        this.jdbi = jdbi;
        this.reader = reader;
    }

    /** Those that may be claimed: PENDING ones whose next attempt has come, and RUNNING ones that nobody works on any more. */
    public List<RotationEvent> claimable(Instant now) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_event WHERE " + CLAIMABLE + " ORDER BY due_at, id")
                        .bind("now", now)
                        .map(reader)
                        .list());
    }

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
                .map((row, context) -> new Claim(reader.map(row, context), row.getLong("token")))
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
                                        leaving.failure().map(EventClaims::cut).orElse(null))
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
}
