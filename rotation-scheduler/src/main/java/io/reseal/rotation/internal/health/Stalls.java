package io.reseal.rotation.internal.health;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.AlertKind;
import io.reseal.rotation.AlertSubject;
import io.reseal.rotation.HealthFinding;
import io.reseal.rotation.HealthFinding.Check;
import io.reseal.rotation.RunState;
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
        return Set.of(AlertKind.REENCRYPTION_STALLED);
    }

    /** @param last until when somebody worked on it, or what is left of it has to wait */
    private record Open(
            long id, String keyType, RunState state, Optional<String> failure, long held, Instant last, Instant now) {

        private static Open read(ResultSet row, StatementContext context) throws SQLException {
            Instant started = Moments.read(row, "started_at", context);
            return new Open(
                    row.getLong("id"),
                    row.getString("key_type"),
                    RunState.valueOf(row.getString("state")),
                    Optional.ofNullable(row.getString("failure")),
                    row.getLong("held"),
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
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT u.id, u.key_type, u.state, u.failure, u.started_at, <now> AS present,
                               (SELECT COUNT(*) FROM reseal_range r
                                WHERE r.run_id = u.id AND r.state = 'LEASED' AND r.lease_until >= <now>) AS held,
                               (SELECT MAX(COALESCE(r.lease_until, r.ready_at)) FROM reseal_range r
                                WHERE r.run_id = u.id) AS last_worked
                        FROM reseal_run u WHERE u.open_for IS NOT NULL ORDER BY u.id
                        """).map(Open::read).list().stream()
                .map(Stalls::finding)
                .toList());
    }

    private static HealthFinding finding(Open run) {
        return switch (run.state()) {
            case FAILED -> stalled(run, "it has failed: " + run.failure().orElse("for a reason that is not on record"));
            case RUNNING ->
                run.held() == 0 && run.last().plus(PATIENCE).isBefore(run.now())
                        ? stalled(run, "nobody has worked on it since " + run.last())
                        : well(run, run.held() + " of its ranges are worked on");
            case PAUSED, COMPLETED, CANCELLED -> well(run, "it is " + run.state());
        };
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
