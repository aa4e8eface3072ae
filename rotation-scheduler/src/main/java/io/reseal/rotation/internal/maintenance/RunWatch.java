package io.reseal.rotation.internal.maintenance;

import io.reseal.database.ResealDatabase;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** How open re-encryptions stand, by what is on record. */
public final class RunWatch {

    private static final Duration PACE_AGE = Duration.ofMinutes(1);

    private final Jdbi jdbi;

    /** @param database holds the rotation schema */
    public RunWatch(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    /**
     * An open run.
     *
     * @param type the key type, by name
     * @param changed rows that it has re-encrypted
     * @param quarantined values that did not open, or could not be written
     * @param workers whose lease on a part of it is running
     */
    record OpenRun(RunId id, String type, String state, long changed, long quarantined, long workers) {

        /** It should move, and nobody moves it. */
        boolean isStalled() {
            return state.equals("FAILED") || (state.equals("RUNNING") && workers == 0);
        }

        @Override
        public String toString() {
            return "run " + id.value() + " of " + type;
        }
    }

    List<OpenRun> open() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT r.id, r.key_type, r.state, COALESCE(SUM(g.rows_changed), 0) AS changed,
                               COUNT(CASE WHEN g.lease_until > <now> THEN 1 END) AS workers,
                               (SELECT COUNT(*) FROM reseal_quarantine q JOIN reseal_range o ON o.id = q.range_id
                                WHERE o.run_id = r.id) AS quarantined
                        FROM reseal_run r LEFT JOIN reseal_range g ON g.run_id = r.id
                        WHERE r.open_for IS NOT NULL
                        GROUP BY r.id, r.key_type, r.state
                        ORDER BY r.id
                        """)
                .map((row, context) -> new OpenRun(
                        new RunId(row.getLong("id")),
                        row.getString("key_type"),
                        row.getString("state"),
                        row.getLong("changed"),
                        row.getLong("quarantined"),
                        row.getLong("workers")))
                .list());
    }

    /** How fast each node that works on a run does, and why not faster, by what they wrote within the last minute. */
    List<String> pace(RunId run) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT node, state, reason FROM reseal_pace
                        WHERE run_id = :run AND reported_at > <after_millis> ORDER BY node
                        """)
                .bind("run", run.value())
                .bind("millis", -PACE_AGE.toMillis())
                .map((row, context) ->
                        row.getString("node") + " " + row.getString("state") + " " + row.getString("reason"))
                .list());
    }

    /** How long the database takes to answer, in microseconds: the middle one of several times. */
    long latency() {
        return jdbi.withHandle(handle -> {
            long[] micros = new long[5];
            for (int i = 0; i < micros.length; i++) {
                long start = System.nanoTime();
                var unused = handle.createQuery("SELECT 1").mapTo(Integer.class).one();
                micros[i] = (System.nanoTime() - start) / 1_000;
            }
            Arrays.sort(micros);
            return micros[micros.length / 2];
        });
    }
}
