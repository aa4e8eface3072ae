package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node writes about its speed. */
class PaceReportTest {

    private static final RunId RUN = new RunId(7);
    private static final String REPORTED =
            "SELECT run_id, node, state, held_by, reason, rows_per_second, soonest_seconds, latest_seconds FROM reseal_pace"
                    + " ORDER BY node";

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();
    private final Pace pace = new Pace(clock);

    @Test
    void theRestTakesAsLongAsAtTheLatestPaceAndAtThatOfTheWholeTime() {
        assertThat(pace.etaOverall()).as("nothing seen").isEmpty();
        see(0, 0);
        assertThat(pace.etaOverall()).as("seen once").isEmpty();
        assertThat(pace.eta()).isEmpty();
        see(40, 0.2);
        see(40, 0.2);
        see(40, 0.2);
        see(60, 0.25);
        assertThat(pace.eta()).contains(Duration.ofSeconds(150));
        assertThat(pace.etaOverall()).contains(Duration.ofMinutes(2));
        assertThat(pace.rowsPerSecond()).isEqualTo(2);
    }

    private void see(long rows, double share) {
        clock.advance(Duration.ofSeconds(10));
        pace.see(rows, share);
    }

    @EachDatabase
    void aNodeHasOneRowForARunWhichIsGoneWhenItsWorkEnds(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.engine().close();
            PaceReport report = new PaceReport(stage.pool.jdbi(), RUN, "here");
            SignalReading waiters =
                    SignalReading.of(Signal.WAITERS, 2, Signal.WAITERS.threshold(), "two sessions wait");
            report.write(pace, pacing(PaceState.UNTHROTTLED, "the effort is full", waiters), Duration.ZERO);
            assertThat(stage.database.query(REPORTED))
                    .containsExactly(
                            "7|here|UNTHROTTLED|null|the effort is full|0.0|null|null".replace("0.0", zero(kind)));

            see(0, 0);
            see(40, 0.2);
            see(60, 0.25);
            report.write(pace, pacing(PaceState.THROTTLED, "WAITERS: two sessions wait", waiters), Duration.ZERO);
            new PaceReport(stage.pool.jdbi(), RUN, "there")
                    .write(new Pace(clock), pacing(PaceState.STOPPED, "x".repeat(2_000), waiters), Duration.ZERO);
            assertThat(stage.database.query(REPORTED).get(0))
                    .startsWith("7|here|THROTTLED|WAITERS|WAITERS: two sessions wait|2")
                    .endsWith("|60|150");
            assertThat(stage.database.query("SELECT LENGTH(reason) FROM reseal_pace WHERE node = 'there'"))
                    .containsExactly("1000");

            report.withdraw();
            assertThat(stage.database.query("SELECT node FROM reseal_pace")).containsExactly("there");
        }
    }

    @EachDatabase
    void whatAKilledProcessLeftGoesAfterADay(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.engine().close();
            Pacing pacing = pacing(PaceState.THROTTLED, "it has only begun");
            new PaceReport(stage.pool.jdbi(), RUN, "killed").write(pace, pacing, Duration.ZERO);
            new PaceReport(stage.pool.jdbi(), RUN, "alive").write(pace, pacing, Duration.ZERO);
            stage.database.execute(
                    "UPDATE reseal_pace SET reported_at = reported_at - INTERVAL '25' HOUR" + " WHERE node = 'killed'");
            new PaceReport(stage.pool.jdbi(), RUN, "new").write(pace, pacing, Duration.ZERO);
            assertThat(stage.database.query("SELECT node FROM reseal_pace ORDER BY node"))
                    .containsExactly("alive", "new");
        }
    }

    private static String zero(Databases kind) {
        return kind == Databases.H2 ? "0.0" : "0";
    }

    private static Pacing pacing(PaceState state, String because, SignalReading... signals) {
        return new Pacing(
                EffortPlan.always(Effort.BALANCED),
                Effort.BALANCED,
                state,
                Instant.EPOCH,
                because,
                0.5,
                100,
                List.of(signals));
    }
}
