package io.reseal.rotation.internal.quartz;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.jdbc.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;

/** When tasks begin next, by Quartz's own tables: also where no scheduler is open, or all of them have died. */
public final class Timetable {

    /** A trigger that waits for its job to end is not late: an execution may take days. */
    private static final Set<String> WAITING = Set.of("WAITING", "ACQUIRED");

    private final Jdbi jdbi;
    private final Dialect dialect;

    public Timetable(ResealDatabase database) {
        this.jdbi = database.jdbi();
        this.dialect = Dialect.of(database.product());
    }

    /**
     * One task.
     *
     * @param cron its expression
     * @param next when it begins; long ago if it did not
     * @param state of the trigger, as Quartz has it
     * @param now by the database's clock
     */
    public record Line(String task, String cron, Instant next, String state, Instant now) {

        private static Line read(ResultSet row, StatementContext context) throws SQLException {
            return new Line(
                    row.getString("trigger_name"),
                    row.getString("cron_expression"),
                    Instant.ofEpochMilli(row.getLong("next_fire_time")),
                    row.getString("trigger_state"),
                    Moments.read(row, "present", context));
        }

        /** Whether nobody has begun it so long after its time. */
        public boolean isOverdue(Duration patience) {
            return WAITING.contains(state) && next.plus(patience).isBefore(now);
        }

        /** Whether Quartz does not fire it any more. */
        public boolean isBroken() {
            return state.equals("ERROR");
        }
    }

    /** Those that begin by themselves; empty if there are no tables, because the host has a scheduler or none was ever started. */
    public Optional<List<Line>> lines() {
        try {
            return Optional.of(jdbi.withHandle(
                    handle -> handle.createQuery("""
                            SELECT t.trigger_name, t.next_fire_time, t.trigger_state, c.cron_expression, <now> AS present
                            FROM RESEAL_QRTZ_TRIGGERS t
                            JOIN RESEAL_QRTZ_CRON_TRIGGERS c ON c.sched_name = t.sched_name
                                AND c.trigger_name = t.trigger_name AND c.trigger_group = t.trigger_group
                            ORDER BY t.trigger_name
                            """).map(Line::read).list()));
        } catch (JdbiException e) {
            if (e.getCause() instanceof SQLException cause && dialect.isGone(cause)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
