package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** Who was told of what, and whether anybody looks. */
final class WatchEvidence {

    static final String ALERTS = """
            SELECT kind, severity, subject_sort, subject, occurrences, first_seen, acknowledged_at, resolved_at FROM reseal_alert
            WHERE first_seen < :to AND (first_seen >= :from OR resolved_at IS NULL OR resolved_at >= :from) ORDER BY id
            """;

    static final String NOTICES = """
            SELECT state, COUNT(*) AS times FROM reseal_notification WHERE written_at >= :from AND written_at < :to
            GROUP BY state ORDER BY state
            """;

    static final String TASKS = "SELECT task, started_at, succeeded, failures FROM reseal_task ORDER BY task";

    private WatchEvidence() {}

    /** An alert that was raised or open in the period; as of now. */
    record AlertRow(
            String kind,
            String severity,
            String subject,
            long occurrences,
            Instant raised,
            Optional<Instant> acknowledged,
            Optional<Instant> resolved) {

        /** When somebody took it on, or it ended. */
        Optional<Instant> acted() {
            return Stream.concat(acknowledged.stream(), resolved.stream()).min(Instant::compareTo);
        }

        /** Whether it was left alone for longer than may be. */
        boolean isNeglected(Duration limit, Instant now) {
            return acted().orElse(now).isAfter(raised.plus(limit));
        }

        @Override
        public String toString() {
            return severity + " " + kind + " (" + subject + ") of " + raised;
        }
    }

    /** How a task went the last time. */
    record TaskRow(String task, Instant started, boolean failed, long failures) {}

    static List<AlertRow> alerts(Jdbi jdbi, Span period) {
        return jdbi.withHandle(handle -> handle.createQuery(ALERTS)
                .bind("from", period.from())
                .bind("to", period.to())
                .map(WatchEvidence::alert)
                .list());
    }

    private static AlertRow alert(ResultSet row, StatementContext context) throws SQLException {
        return new AlertRow(
                row.getString("kind"),
                row.getString("severity"),
                row.getString("subject_sort").toLowerCase(Locale.ROOT).replace('_', ' ') + " "
                        + row.getString("subject"),
                row.getLong("occurrences"),
                Moments.read(row, "first_seen", context),
                KeyEvidence.moment(row, "acknowledged_at", context),
                KeyEvidence.moment(row, "resolved_at", context));
    }

    /** Notices that were written in the period, by state. */
    static Map<String, Long> notices(Jdbi jdbi, Span period) {
        Map<String, Long> states = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(NOTICES)
                .bind("from", period.from())
                .bind("to", period.to())
                .map((row, context) -> Map.entry(row.getString("state"), row.getLong("times")))
                .forEach(count -> states.put(count.getKey(), count.getValue())));
        return states;
    }

    static List<TaskRow> tasks(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(TASKS)
                .map((row, context) -> {
                    boolean succeeded = row.getBoolean("succeeded");
                    boolean isRunning = row.wasNull();
                    return new TaskRow(
                            row.getString("task"),
                            Moments.read(row, "started_at", context),
                            !succeeded && !isRunning,
                            row.getLong("failures"));
                })
                .list());
    }
}
