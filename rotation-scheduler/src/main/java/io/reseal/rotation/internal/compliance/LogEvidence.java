package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** What the audit log says of a period; to be believed as far as its verification goes. */
final class LogEvidence {

    /** Clocks of nodes differ from those that date keys. */
    private static final Duration AROUND = Duration.ofDays(1);

    /** So many are listed, however many there are. */
    static final int LISTED = 500;

    static final String STEPS = """
            SELECT recorded_at, actor, action, subject, reason, detail FROM reseal_audit
            WHERE generation IS NOT NULL AND recorded_at >= :from AND recorded_at < :to
            ORDER BY recorded_at, chain, seq
            """;

    private static final String EXCEPTIONAL = """
            action IN ('suspend', 'lift-suspension', 'weaken-policy', 'retire-column', 'recover', 'accept-unreadable-backups',
                       'allow-compromised', 'request-approval', 'approve', 'use-approval', 'withdraw-approval', 'acknowledge-alert',
                       'resolve-alert', 'cancel-destroy', 'pause-scheduler', 'resume-scheduler', 'force-rotation', 'pause-rotation',
                       'cancel-rotation', 'retry-rotation', 'declare-retention', 'suspend-counted', 'send-notice-again')
                   OR action LIKE 'refuse-%'""";

    static final String COUNTS = """
            SELECT action, COUNT(*) AS times FROM reseal_audit
            WHERE recorded_at >= :from AND recorded_at < :to AND (""" + EXCEPTIONAL + ") GROUP BY action ORDER BY action";

    static final String LIST = """
            SELECT recorded_at, actor, action, subject, reason, detail FROM reseal_audit
            WHERE recorded_at >= :from AND recorded_at < :to AND (""" + EXCEPTIONAL + """
            ) ORDER BY recorded_at, chain, seq LIMIT\s""" + LISTED;

    /** The item of the quarterly review says that an emergency was rehearsed and a restore tried. */
    static final String DRILLS = """
            SELECT MAX(recorded_at) AS last_time FROM reseal_audit
            WHERE action = 'attest-review' AND detail = 'DRILLS' AND recorded_at <= :now
            """;

    private LogEvidence() {}

    /** When a person attested it last: by the log, which nobody edits unseen. */
    static Optional<Instant> lastDrill(Jdbi jdbi, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery(DRILLS)
                .bind("now", now)
                .map((row, context) -> KeyEvidence.moment(row, "last_time", context))
                .one());
    }

    /** An entry. */
    record Entry(Instant at, String actor, String action, String subject, String reason, String detail) {

        /** Whether it tells of a key. */
        boolean tellsOf(String key) {
            return subject.equals(key) || (detail + " ").matches("(?s).*" + key + "(?!\\d).*");
        }
    }

    /** Changes of the key store, in the period and a day around it. */
    static List<Entry> steps(Jdbi jdbi, Span period) {
        return entries(
                jdbi, STEPS, new Span(period.from().minus(AROUND), period.to().plus(AROUND)));
    }

    static List<Entry> exceptions(Jdbi jdbi, Span period) {
        return entries(jdbi, LIST, period);
    }

    /** By action. */
    static Map<String, Long> counts(Jdbi jdbi, Span period) {
        Map<String, Long> counts = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(COUNTS)
                .bind("from", period.from())
                .bind("to", period.to())
                .map((row, context) -> Map.entry(row.getString("action"), row.getLong("times")))
                .forEach(count -> counts.put(count.getKey(), count.getValue())));
        return counts;
    }

    private static List<Entry> entries(Jdbi jdbi, String sql, Span period) {
        return jdbi.withHandle(handle -> handle.createQuery(sql)
                .bind("from", period.from())
                .bind("to", period.to())
                .map(LogEvidence::entry)
                .list());
    }

    private static Entry entry(ResultSet row, StatementContext context) throws SQLException {
        return new Entry(
                Moments.read(row, "recorded_at", context),
                row.getString("actor"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("reason"),
                row.getString("detail"));
    }
}
