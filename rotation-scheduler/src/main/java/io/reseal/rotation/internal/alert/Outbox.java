package io.reseal.rotation.internal.alert;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.database.Moments;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertDispatch;
import io.reseal.rotation.alert.AlertDispatch.State;
import io.reseal.rotation.internal.notify.NoticeJson;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.AlertNotice.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code reseal_notification}: what people are to be told, and were. A unique key makes each notice one row, however many nodes
 * find it due at once. Rows are never deleted.
 */
public final class Outbox {

    private final AlertStore store;

    public Outbox(AlertStore store) {
        this.store = store;
    }

    /**
     * What is to be told, once.
     *
     * @param about the alert's id, the second at which a digest's week ended, or the number of a maintenance window
     */
    public record Draft(
            Reason reason,
            long about,
            int level,
            String channel,
            List<String> recipients,
            List<AlertNotice.Subject> alerts) {}

    /** A row that says that somebody was to be told of an alert that is open. */
    public record Told(long alert, int level, String channel, Instant at) {}

    /** Who has been told, or is to be, of the alerts that are open. */
    public List<Told> told() {
        return inTransaction(handle -> handle.createQuery("""
                        SELECT n.about, n.escalation, n.channel, n.written_at
                        FROM reseal_notification n JOIN reseal_alert a ON a.id = n.about
                        WHERE n.reason = 'RAISED' AND a.open_for IS NOT NULL
                        """)
                .map((row, context) -> new Told(
                        row.getLong("about"),
                        row.getInt("escalation"),
                        row.getString("channel"),
                        Moments.read(row, "written_at", context)))
                .list());
    }

    /** Writes that an alert was raised, unless that stands there, or somebody has acknowledged or resolved it. */
    public void writeRaised(Draft draft, Instant now) {
        inTransaction(handle -> isUntaken(handle, draft.about()) && isWritten(handle, draft, now));
    }

    /** Writes what is about no single alert, unless it stands there. */
    public void write(Draft draft, Instant now) {
        inTransaction(handle -> isWritten(handle, draft, now));
    }

    /** Locks the alert's row: who acknowledges it comes before the notice, or after it. */
    private static boolean isUntaken(Handle handle, long alert) {
        return handle.createQuery("""
                        SELECT id FROM reseal_alert
                        WHERE id = :alert AND resolved_at IS NULL AND acknowledged_by IS NULL FOR UPDATE
                        """)
                .bind("alert", alert)
                .mapTo(Long.class)
                .findOne()
                .isPresent();
    }

    private static boolean isWritten(Handle handle, Draft draft, Instant now) {
        long present = handle.createQuery("""
                        SELECT COUNT(*) FROM reseal_notification
                        WHERE reason = :reason AND about = :about AND escalation = :level AND channel = :channel
                        """)
                .bind("reason", draft.reason().name())
                .bind("about", draft.about())
                .bind("level", draft.level())
                .bind("channel", draft.channel())
                .mapTo(Long.class)
                .one();
        return present == 0
                && insert(handle, draft, now) == 1; // of two that come here at once, one violates the unique key
    }

    private static int insert(Handle handle, Draft draft, Instant now) {
        return handle.createUpdate("""
                        INSERT INTO reseal_notification (id, reason, about, escalation, channel, recipients, body, follows, state,
                                                         demanded, attempts, ready_at, written_at)
                        VALUES (:id, :reason, :about, :level, :channel, :recipients, :body, :follows, 'PENDING', FALSE, 0, :now, :now)
                        """)
                .bind("id", UUID.randomUUID().toString())
                .bind("reason", draft.reason().name())
                .bind("about", draft.about())
                .bind("level", draft.level())
                .bind("channel", draft.channel())
                .bind("recipients", String.join(",", draft.recipients()))
                .bind("body", NoticeJson.write(draft.alerts()))
                .bindByType("follows", draft.reason() == Reason.RAISED ? draft.about() : null, Long.class)
                .bind("now", now)
                .execute();
    }

    /**
     * Takes back what has not been tried or is known to have failed, of alerts that somebody has acknowledged, or that are over. What a person
     * had sent again is sent.
     */
    public void withdraw() {
        inTransaction(handle -> handle.createUpdate("""
                        UPDATE reseal_notification SET state = 'WITHDRAWN', follows = NULL
                        WHERE state = 'PENDING' AND reason = 'RAISED' AND token IS NULL AND demanded = FALSE
                          AND EXISTS (SELECT 1 FROM reseal_alert a WHERE a.id = about
                                      AND (a.acknowledged_by IS NOT NULL OR a.resolved_at IS NOT NULL))
                        """).execute());
    }

    /** The alerts that are over, of which somebody was told and has not been told of the end. */
    public List<Long> over() {
        return inTransaction(handle -> handle.createQuery("""
                        SELECT DISTINCT n.follows FROM reseal_notification n JOIN reseal_alert a ON a.id = n.follows
                        WHERE n.state = 'SENT' AND a.resolved_at IS NOT NULL
                        """).mapTo(Long.class).list());
    }

    /** Writes to all who were told of an alert that it is over. */
    public void writeResolved(Alert over, AlertNotice.Subject subject, Instant now) {
        inTransaction(handle -> {
            for (AlertDispatch told : followed(handle, over.id())) {
                Draft draft = new Draft(
                        Reason.RESOLVED,
                        over.id(),
                        told.notice().level(),
                        told.channel(),
                        told.notice().recipients(),
                        List.of(subject));
                isWritten(handle, draft, now);
                handle.createUpdate("UPDATE reseal_notification SET follows = NULL WHERE id = :id")
                        .bind("id", told.notice().id())
                        .execute();
            }
            return over;
        });
    }

    private static List<AlertDispatch> followed(Handle handle, long alert) {
        return handle.createQuery(
                        "SELECT * FROM reseal_notification WHERE follows = :alert AND state = 'SENT' ORDER BY id")
                .bind("alert", alert)
                .map(Outbox::read)
                .list();
    }

    /** When the week of the last digest before {@code end} ended. */
    public Optional<Instant> digestBefore(Instant end) {
        return inTransaction(handle -> handle.createQuery(
                        "SELECT MAX(about) FROM reseal_notification WHERE reason = 'DIGEST' AND about < :end")
                .bind("end", end.getEpochSecond())
                .mapTo(Long.class)
                .findOne()
                .map(Instant::ofEpochSecond));
    }

    /** What was for information from one moment to another, oldest first. */
    public List<Alert> informed(Instant from, Instant to) {
        return inTransaction(handle -> handle.createQuery("""
                        SELECT * FROM reseal_alert
                        WHERE severity = 'INFORMATION' AND last_seen >= :from AND last_seen < :to ORDER BY id
                        """)
                .bind("from", from)
                .bind("to", to)
                .map(AlertStore::read)
                .list());
    }

    /** What was written for one reason about one thing, on each channel. */
    public List<AlertDispatch> about(Reason reason, long about, int level) {
        return inTransaction(handle -> handle.createQuery("""
                        SELECT * FROM reseal_notification
                        WHERE reason = :reason AND about = :about AND escalation = :level ORDER BY channel
                        """)
                .bind("reason", reason.name())
                .bind("about", about)
                .bind("level", level)
                .map(Outbox::read)
                .list());
    }

    /** What was taken at {@code moment} or later, in that order. */
    public List<AlertDispatch> sent(Instant moment) {
        return inTransaction(handle -> handle.createQuery(
                        "SELECT * FROM reseal_notification WHERE sent_at >= :moment ORDER BY sent_at, id")
                .bind("moment", moment)
                .map(Outbox::read)
                .list());
    }

    /** What waits for a person, the oldest first. */
    public List<AlertDispatch> dead() {
        return inTransaction(handle -> handle.createQuery(
                        "SELECT * FROM reseal_notification WHERE state = 'DEAD' ORDER BY written_at, id")
                .map(Outbox::read)
                .list());
    }

    /** Has a dead letter sent again, from the first attempt on; {@code before} is done in front of the commit. */
    public boolean sendAgain(String id, Instant now, Runnable before) {
        return inTransaction(handle -> {
            boolean wasDead =
                    handle.createUpdate("""
                            UPDATE reseal_notification SET state = 'PENDING', demanded = TRUE, attempts = 0, ready_at = :now
                            WHERE id = :id AND state = 'DEAD'
                            """).bind("now", now).bind("id", id).execute() == 1;
            if (wasDead) {
                before.run();
            }
            return wasDead;
        });
    }

    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return store.inTransaction(work);
        } catch (JdbiException e) {
            throw new KeyStoreUnavailableException(
                    "The table reseal_notification could not be read or written. Check the database behind reseal.keystore,"
                            + " and try again",
                    e);
        }
    }

    static AlertDispatch read(ResultSet row, StatementContext context) throws SQLException {
        return new AlertDispatch(
                new AlertNotice(
                        row.getString("id"),
                        Reason.valueOf(row.getString("reason")),
                        row.getInt("escalation"),
                        recipients(row.getString("recipients")),
                        NoticeJson.read(row.getString("body"))),
                row.getString("channel"),
                State.valueOf(row.getString("state")),
                row.getInt("attempts"),
                Moments.read(row, "written_at", context),
                Optional.ofNullable(Moments.readOrNull(row, "sent_at", context)),
                Optional.ofNullable(row.getString("failure")));
    }

    private static List<String> recipients(@Nullable String text) {
        return text == null || text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
    }
}
