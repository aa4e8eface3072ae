package io.reseal.rotation.internal.health;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.reencryption.RunState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** Whether re-encryptions go on. By the database's clock alone, as their leases are. */
final class Stalls implements Look {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** As long as between two times at which rotations are executed. */
    private static final Duration HELD_BACK = Duration.ofHours(4);

    /** For so long, what a node has said of itself holds: it says it every few seconds. */
    private static final Duration REPORTED = Duration.ofMinutes(1);

    private static final String WELL = "somebody works on it, or did within " + PATIENCE.toMinutes() + " min";

    private final Jdbi jdbi;

    Stalls(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public Check check() {
        return Check.REENCRYPTION;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.REENCRYPTION_STALLED, AlertKind.REENCRYPTION_HELD_BACK);
    }

    /**
     * Who is at a run.
     *
     * @param ranges that are leased
     * @param nodes that have workers on it
     * @param heldBack for how long all of them hardly work
     * @param because what one of them says about it
     */
    private record Workers(long ranges, long nodes, Duration heldBack, String because) {

        private boolean isNobody() {
            return ranges == 0 && nodes == 0;
        }

        @Override
        public String toString() {
            return nodes + " nodes work on it, and " + ranges + " of its ranges are leased";
        }
    }

    /** @param last until when somebody worked on it, or what is left of it has to wait */
    private record Open(
            long id,
            String keyType,
            RunState state,
            Optional<String> failure,
            Workers workers,
            Instant last,
            Instant now) {

        private static Open read(ResultSet row, StatementContext context) throws SQLException {
            Instant started = Moments.read(row, "started_at", context);
            return new Open(
                    row.getLong("id"),
                    row.getString("key_type"),
                    RunState.valueOf(row.getString("state")),
                    Optional.ofNullable(row.getString("failure")),
                    new Workers(
                            row.getLong("held"),
                            row.getLong("nodes"),
                            Duration.ofSeconds(row.getLong("held_back")),
                            String.valueOf(row.getString("because"))),
                    Optional.ofNullable(Moments.readOrNull(row, "last_worked", context))
                            .orElse(started),
                    Moments.read(row, "present", context));
        }

        private AlertSubject subject() {
            return new AlertSubject(AlertSubject.Sort.KEY_TYPE, keyType);
        }
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        SELECT u.id, u.key_type, u.state, u.failure, u.started_at, <now> AS present,
                               (SELECT COUNT(*) FROM reseal_range r
                                WHERE r.run_id = u.id AND r.state = 'LEASED' AND r.lease_until >= <now>) AS held,
                               (SELECT COUNT(*) FROM reseal_pace p
                                WHERE p.run_id = u.id AND p.reported_at > <after_millis>) AS nodes,
                               (SELECT MIN(p.held_back_seconds) FROM reseal_pace p
                                WHERE p.run_id = u.id AND p.reported_at > <after_millis>) AS held_back,
                               (SELECT MIN(p.reason) FROM reseal_pace p
                                WHERE p.run_id = u.id AND p.reported_at > <after_millis>) AS because,
                               (SELECT MAX(COALESCE(r.lease_until, r.ready_at)) FROM reseal_range r
                                WHERE r.run_id = u.id) AS last_worked
                        FROM reseal_run u WHERE u.open_for IS NOT NULL ORDER BY u.id
                        """).bind("millis", -REPORTED.toMillis()).map(Open::read).list().stream()
                        .map(Stalls::finding)
                        .toList());
    }

    private static HealthFinding finding(Open run) {
        return switch (run.state()) {
            case FAILED -> stalled(run, "it has failed: " + run.failure().orElse("for a reason that is not on record"));
            case RUNNING -> running(run);
            case PAUSED, COMPLETED, CANCELLED -> well(run, "it is " + run.state());
        };
    }

    private static HealthFinding running(Open run) {
        Workers workers = run.workers();
        if (workers.isNobody() && run.last().plus(PATIENCE).isBefore(run.now())) {
            return stalled(run, "nobody has worked on it since " + run.last());
        }
        if (workers.heldBack().compareTo(HELD_BACK) > 0) {
            return HealthFinding.of(
                    AlertKind.REENCRYPTION_HELD_BACK,
                    Check.REENCRYPTION,
                    run.subject(),
                    "run " + run.id() + ": hardly working for " + workers.heldBack() + ", because of "
                            + workers.because(),
                    "held back for " + HELD_BACK.toHours() + " h at most");
        }
        return well(run, workers.toString());
    }

    private static HealthFinding stalled(Open run, String observed) {
        return HealthFinding.of(
                AlertKind.REENCRYPTION_STALLED,
                Check.REENCRYPTION,
                run.subject(),
                "run " + run.id() + ": " + observed,
                WELL);
    }

    private static HealthFinding well(Open run, String observed) {
        return HealthFinding.well(Check.REENCRYPTION, run.subject(), "run " + run.id() + ": " + observed, WELL);
    }
}
