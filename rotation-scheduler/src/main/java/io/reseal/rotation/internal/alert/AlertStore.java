package io.reseal.rotation.internal.alert;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.jdbc.Attempts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code reseal_alert}. A unique column keeps one alert open for a kind and subject, however many nodes raise it at
 * once: who comes second counts instead. All moments are the database's. Rows are never deleted.
 */
public final class AlertStore {

    private final Jdbi jdbi;

    /** @param database holds the rotation schema */
    public AlertStore(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    /** Opens an alert, or counts the open one up. */
    public Alert raise(Sighting sighting) {
        return inTransaction(handle -> raise(handle, sighting));
    }

    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        return Attempts.STANDARD.inTransaction(jdbi, work);
    }

    /** Fails where another node opens the same alert at this moment. */
    static Alert raise(Handle handle, Sighting sighting) {
        String open = openFor(sighting.kind(), sighting.subject());
        if (countUp(handle, open, sighting) == 0) {
            insert(handle, open, sighting);
        }
        return open(handle, open).orElseThrow();
    }

    private static int countUp(Handle handle, String open, Sighting sighting) {
        return handle.createUpdate("""
                        UPDATE reseal_alert
                        SET occurrences = occurrences + :times, evidence = :evidence,
                            last_seen = CASE WHEN last_seen < <now> THEN <now> ELSE last_seen END
                        WHERE open_for = :open
                        """)
                .bind("times", sighting.times())
                .bind("evidence", sighting.evidence())
                .bind("open", open)
                .execute();
    }

    private static void insert(Handle handle, String open, Sighting sighting) {
        handle.createUpdate("""
                        INSERT INTO reseal_alert (open_for, kind, severity, subject_sort, subject, evidence, remedy, occurrences,
                                                  first_seen, last_seen)
                        VALUES (:open, :kind, :severity, :sort, :subject, :evidence, :remedy, :times, <now>, <now>)
                        """)
                .bind("open", open)
                .bind("kind", sighting.kind().name())
                .bind("severity", sighting.kind().severity().name())
                .bind("sort", sighting.subject().sort().name())
                .bind("subject", sighting.subject().name())
                .bind("evidence", sighting.evidence())
                .bind("remedy", sighting.kind().remedy())
                .bind("times", sighting.times())
                .execute();
    }

    /** Returns false if it was raised again since it was read, or is resolved. */
    public boolean resolve(Alert seen) {
        return resolve(seen, () -> {});
    }

    /** The same; {@code before} is done in front of the commit. */
    public boolean resolve(Alert seen, Runnable before) {
        return inTransaction(handle -> handle.createUpdate("""
                                UPDATE reseal_alert SET open_for = NULL, resolved_at = <now>
                                WHERE id = :id AND open_for IS NOT NULL AND occurrences = :count
                                """)
                                .bind("id", seen.id())
                                .bind("count", seen.count())
                                .execute()
                        == 1
                && done(before));
    }

    /** Who was first stays: returns false if somebody was; {@code before} is done in front of the commit. */
    public boolean acknowledge(long id, String by, Runnable before) {
        return inTransaction(
                handle -> handle.createUpdate("""
                                UPDATE reseal_alert SET acknowledged_by = :by, acknowledged_at = <now>
                                WHERE id = :id AND acknowledged_by IS NULL
                                """).bind("by", by).bind("id", id).execute() == 1 && done(before));
    }

    private static boolean done(Runnable work) {
        work.run();
        return true;
    }

    /** The clock by which all rows are dated, and silence is measured. */
    public Instant now() {
        return jdbi.withHandle(handle ->
                handle.createQuery("SELECT <now>").mapTo(Instant.class).one());
    }

    /** The open one of a kind and subject. */
    public Optional<Alert> open(AlertKind kind, AlertSubject subject) {
        return inTransaction(handle -> open(handle, openFor(kind, subject)));
    }

    private static Optional<Alert> open(Handle handle, String open) {
        return handle.createQuery("SELECT * FROM reseal_alert WHERE open_for = :open")
                .bind("open", open)
                .map(AlertStore::read)
                .findOne();
    }

    public Optional<Alert> find(long id) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_alert WHERE id = :id")
                .bind("id", id)
                .map(AlertStore::read)
                .findOne());
    }

    public List<Alert> open() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_alert WHERE open_for IS NOT NULL ORDER BY id")
                        .map(AlertStore::read)
                        .list());
    }

    /** Seen at {@code moment} or later, resolved ones too. */
    public List<Alert> since(Instant moment) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_alert WHERE last_seen >= :moment ORDER BY id")
                        .bind("moment", moment)
                        .map(AlertStore::read)
                        .list());
    }

    static Alert read(ResultSet row, StatementContext context) throws SQLException {
        return new Alert(
                row.getLong("id"),
                kind(row.getString("kind")),
                AlertSeverity.valueOf(row.getString("severity")),
                new AlertSubject(AlertSubject.Sort.valueOf(row.getString("subject_sort")), row.getString("subject")),
                row.getString("evidence"),
                row.getString("remedy"),
                Moments.read(row, "first_seen", context),
                Moments.read(row, "last_seen", context),
                row.getLong("occurrences"),
                acknowledgement(row.getString("acknowledged_by"), Moments.readOrNull(row, "acknowledged_at", context)),
                Optional.ofNullable(Moments.readOrNull(row, "resolved_at", context)));
    }

    private static AlertKind kind(String name) {
        return Stream.of(AlertKind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(AlertKind.OF_NEWER_RELEASE);
    }

    private static Optional<Alert.Acknowledgement> acknowledgement(@Nullable String by, @Nullable Instant at) {
        return by == null || at == null ? Optional.empty() : Optional.of(new Alert.Acknowledgement(by, at));
    }

    /** A hash, because not every database has unique columns as wide as a subject. */
    private static String openFor(AlertKind kind, AlertSubject subject) {
        String text = kind.name() + "\n" + subject.sort().name() + "\n" + subject.name();
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
