package io.reseal.rotation.internal.metric;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.metric.Measured.Cell;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads all numbers in one statement, which looks at no table of an application and at little of those that grow. */
final class MeterStatement {

    /** A row is a number and a moment, of which one counts; the last column says which. */
    private static final String ALL = """
            SELECT 'now' AS meter, '' AS subject, '' AS sort, 0e0 AS number, <now> AS moment, 1 AS dated
            UNION ALL
            SELECT 'key.activated', key_type, '', 0, activated_at, 1 FROM reseal_key WHERE state = 'ACTIVE'
            UNION ALL
            SELECT 'key.reserved', k.key_type, '', r.reserved, <now>, 0
            FROM reseal_key k JOIN reseal_usage r ON r.key_type = k.key_type AND r.version = k.version WHERE k.state = 'ACTIVE'
            UNION ALL
            SELECT 'key.versions', key_type, state, COUNT(*), <now>, 0 FROM reseal_key GROUP BY key_type, state
            UNION ALL
            SELECT 'key.operations', key_type, direction, SUM(operations), <now>, 0
            FROM reseal_usage_hour WHERE hour_start > <now> - INTERVAL '2' HOUR AND hour_start <= <now> - INTERVAL '1' HOUR GROUP BY key_type, direction
            UNION ALL
            SELECT 'events', key_type, state, COUNT(*), <now>, 0 FROM reseal_event GROUP BY key_type, state
            UNION ALL
            SELECT 'event.due', '', '', 0, MIN(due_at), 1 FROM reseal_event WHERE state = 'PENDING' HAVING COUNT(*) > 0
            UNION ALL
            SELECT 'rotation.started', key_type, '', 0, started_at, 1 FROM reseal_event
            WHERE id IN (SELECT MAX(id) FROM reseal_event WHERE state = 'COMPLETED' GROUP BY key_type)
            UNION ALL
            SELECT 'rotation.ended', key_type, '', 0, ended_at, 1 FROM reseal_event
            WHERE id IN (SELECT MAX(id) FROM reseal_event WHERE state = 'COMPLETED' GROUP BY key_type)
            UNION ALL
            SELECT 'runs', key_type, state, COUNT(*), <now>, 0 FROM reseal_run WHERE open_for IS NOT NULL GROUP BY key_type, state
            UNION ALL
            SELECT 'run.started', key_type, '', 0, started_at, 1 FROM reseal_run
            WHERE id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type)
            UNION ALL
            SELECT 'run.ended', key_type, '', 0, finished_at, 1 FROM reseal_run
            WHERE finished_at IS NOT NULL AND id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type)
            UNION ALL
            SELECT 'run.changed', u.key_type, '', SUM(r.rows_changed), <now>, 0
            FROM reseal_run u JOIN reseal_range r ON r.run_id = u.id AND r.kind = 'TABLE'
            WHERE u.id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type) GROUP BY u.key_type
            UNION ALL
            SELECT 'run.superseded', u.key_type, '', SUM(r.rows_superseded), <now>, 0
            FROM reseal_run u JOIN reseal_range r ON r.run_id = u.id AND r.kind = 'TABLE'
            WHERE u.id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type) GROUP BY u.key_type
            UNION ALL
            SELECT 'run.ranges', u.key_type, '', COUNT(*), <now>, 0
            FROM reseal_run u JOIN reseal_range r ON r.run_id = u.id AND r.kind = 'TABLE'
            WHERE u.id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type) GROUP BY u.key_type
            UNION ALL
            SELECT 'run.done', u.key_type, '', COUNT(CASE WHEN r.state = 'DONE' THEN 1 END), <now>, 0
            FROM reseal_run u JOIN reseal_range r ON r.run_id = u.id AND r.kind = 'TABLE'
            WHERE u.id IN (SELECT MAX(id) FROM reseal_run GROUP BY key_type) GROUP BY u.key_type
            UNION ALL
            SELECT 'pace.rate', u.key_type, '', MAX(p.rows_per_second), <now>, 0
            FROM reseal_pace p JOIN reseal_run u ON u.id = p.run_id WHERE p.reported_at > <now> - INTERVAL '60' SECOND GROUP BY u.key_type
            UNION ALL
            SELECT 'pace.duty', u.key_type, '', MAX(p.duty), <now>, 0
            FROM reseal_pace p JOIN reseal_run u ON u.id = p.run_id WHERE p.reported_at > <now> - INTERVAL '60' SECOND GROUP BY u.key_type
            UNION ALL
            SELECT 'pace.nodes', u.key_type, '', COUNT(*), <now>, 0
            FROM reseal_pace p JOIN reseal_run u ON u.id = p.run_id WHERE p.reported_at > <now> - INTERVAL '60' SECOND GROUP BY u.key_type
            UNION ALL
            SELECT 'pace.held', '', held_by, COUNT(*), <now>, 0
            FROM reseal_pace WHERE reported_at > <now> - INTERVAL '60' SECOND AND held_by IS NOT NULL GROUP BY held_by
            UNION ALL
            SELECT 'quarantine', '', error_class, COUNT(*), <now>, 0 FROM reseal_quarantine GROUP BY error_class
            UNION ALL
            SELECT 'errors', '', indicator, SUM(occurrences), <now>, 0
            FROM reseal_indicator WHERE minute_start > <now> - INTERVAL '1' HOUR GROUP BY indicator
            UNION ALL
            SELECT 'alerts', severity, kind, COUNT(*), <now>, 0 FROM reseal_alert WHERE open_for IS NOT NULL GROUP BY severity, kind
            UNION ALL
            SELECT 'alerts.waiting', severity, '', COUNT(*), <now>, 0
            FROM reseal_alert WHERE open_for IS NOT NULL AND acknowledged_at IS NULL GROUP BY severity
            UNION ALL
            SELECT 'notices', '', state, COUNT(*), <now>, 0
            FROM reseal_notification WHERE state IN ('PENDING', 'DEAD') GROUP BY state
            UNION ALL
            SELECT 'nodes', '', CASE WHEN evicted THEN 'EVICTED' WHEN lease_until > <now> THEN 'LIVE' ELSE 'LAPSED' END,
                   1, <now>, 0 FROM reseal_node
            UNION ALL
            SELECT 'task.started', task, '', 0, started_at, 1 FROM reseal_task
            UNION ALL
            SELECT 'task.failed', task, '', CASE WHEN succeeded THEN 0 ELSE 1 END, <now>, 0
            FROM reseal_task WHERE succeeded IS NOT NULL
            UNION ALL
            SELECT 'scheduler.paused', '', '', COUNT(*), <now>, 0 FROM reseal_scheduler_pause
            """;

    private static final int TIMEOUT_SECONDS = 30;

    private final Jdbi jdbi;

    MeterStatement(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    Measured read() {
        return jdbi.withHandle(MeterStatement::read);
    }

    private static Measured read(Handle handle) {
        Map<Cell, Double> numbers = new HashMap<>();
        Map<Cell, Instant> moments = new HashMap<>();
        handle.createQuery(ALL).setQueryTimeout(TIMEOUT_SECONDS).scanResultSet((rows, context) -> {
            ResultSet row = rows.get();
            while (row.next()) {
                if (row.getInt("dated") == 1) {
                    moments.put(cell(row), Moments.read(row, "moment", context));
                } else {
                    numbers.merge(cell(row), row.getDouble("number"), Double::sum);
                }
            }
            return numbers.size();
        });
        Instant now = Objects.requireNonNull(moments.get(new Cell("now", "", "")));
        return new Measured(now, numbers, moments);
    }

    private static Cell cell(ResultSet row) throws SQLException {
        return new Cell(row.getString("meter"), row.getString("subject"), row.getString("sort"));
    }
}
