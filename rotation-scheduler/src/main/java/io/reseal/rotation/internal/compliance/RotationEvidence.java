package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import io.reseal.rotation.event.EventId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** The rotations of a period, and what was re-encrypted in it. */
final class RotationEvidence {

    static final String EVENTS = """
            SELECT id, key_type, state, replaces, successor, actor, reason, forced, requested_at, started_at, ended_at, rows_changed,
                   rows_left, attempts, failure
            FROM reseal_event
            WHERE requested_at < :to AND (ended_at IS NULL OR ended_at >= :from)
            ORDER BY id
            """;

    /** Counted by the parts of the tables, and not by the events. */
    static final String ROWS = """
            SELECT COALESCE(SUM(p.rows_changed), 0) FROM reseal_range p JOIN reseal_run r ON r.id = p.run_id
            WHERE r.started_at < :to AND (r.finished_at IS NULL OR r.finished_at >= :from)
            """;

    private RotationEvidence() {}

    /**
     * A row of {@code reseal_event}, as it is now.
     *
     * @param request who wanted it, and why
     */
    record EventRow(
            String id,
            String keyType,
            String state,
            int replaces,
            Optional<Integer> successor,
            Request request,
            Course course,
            Work work) {}

    record Request(String actor, String reason, boolean forced) {}

    record Course(Instant requested, Optional<Instant> started, Optional<Instant> ended) {}

    record Work(long changed, long left, int attempts, Optional<String> failure) {}

    static List<EventRow> events(Jdbi jdbi, Span period) {
        return jdbi.withHandle(handle -> handle.createQuery(EVENTS)
                .bind("from", period.from())
                .bind("to", period.to())
                .map(RotationEvidence::event)
                .list());
    }

    private static EventRow event(ResultSet row, StatementContext context) throws SQLException {
        int successor = row.getInt("successor");
        return new EventRow(
                new EventId(row.getLong("id")).toString(),
                row.getString("key_type"),
                row.getString("state"),
                row.getInt("replaces"),
                successor == 0 ? Optional.empty() : Optional.of(successor),
                new Request(row.getString("actor"), row.getString("reason"), row.getBoolean("forced")),
                new Course(
                        Moments.read(row, "requested_at", context),
                        KeyEvidence.moment(row, "started_at", context),
                        KeyEvidence.moment(row, "ended_at", context)),
                new Work(
                        row.getLong("rows_changed"),
                        row.getLong("rows_left"),
                        row.getInt("attempts"),
                        Optional.ofNullable(row.getString("failure"))));
    }

    static long reencrypted(Jdbi jdbi, Span period) {
        return jdbi.withHandle(handle -> handle.createQuery(ROWS)
                .bind("from", period.from())
                .bind("to", period.to())
                .mapTo(Long.class)
                .one());
    }
}
