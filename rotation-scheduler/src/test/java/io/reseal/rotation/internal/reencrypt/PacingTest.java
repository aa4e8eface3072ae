package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceHook;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.rotation.pace.Threshold;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacingTest {

    private static final ReencryptionOptions GATED = Stage.SMALL.withPace(PaceOptions.defaults()
            .withEffort(EffortPlan.always(Effort.FULL))
            .withHook(new PaceHook.Query("gate", "SELECT \"level\" FROM \"gate\"", new Threshold(1, 2))));

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void aStoppedRunSaysSinceWhenAndWhyAndGoesOnByItself(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(1_000);
            stage.execute("CREATE TABLE \"gate\" (\"level\" integer NOT NULL)");
            stage.update("INSERT INTO \"gate\" VALUES (2)");
            stage.rotate(Stage.DB);
            Instant before = Clock.systemUTC().instant();
            Reencryption run = engine.start(Stage.DB, GATED);

            Pacing stopped = run.progress().pacing();
            assertThat(stopped.state()).isEqualTo(PaceState.STOPPED);
            assertThat(stopped.because()).isEqualTo("gate: the query says 2.0");
            assertThat(stopped.since())
                    .isBetween(before.minusMillis(1), Clock.systemUTC().instant());
            assertThat(stopped.signals()).extracting(SignalReading::signal).contains(Signal.HOOK, Signal.OWN_BATCH);
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> run.progress().changed() == 0 && run.progress().state() == RunState.RUNNING);
            assertThat(run.progress().pacing().since()).isEqualTo(stopped.since());

            stage.update("UPDATE \"gate\" SET \"level\" = 0");
            assertThat(Stage.complete(run).changed()).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEffortHoldsOnAllNodesAndIsKept(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                KeyRegistry others = stage.otherNode();
                Engine one = stage.engine();
                Engine other = Engine.open(stage.pool, others, stage.settings.lease(), Clock.systemUTC())) {
            stage.accounts(1_000);
            stage.rotate(Stage.DB);
            Reencryption here = one.start(Stage.DB, Stage.SMALL.withEffort(Effort.NONE));
            Reencryption there = other.start(Stage.DB, Stage.SMALL);

            assertThat(there.progress().pacing().state()).isEqualTo(PaceState.STOPPED);
            assertThat(there.progress().pacing().because()).isEqualTo("the effort is none at this time");
            there.effort(Effort.GENTLE);
            await().atMost(Stage.LONG).untilAsserted(() -> {
                assertThat(here.progress().pacing().effort()).isEqualTo(Effort.GENTLE);
                assertThat(here.progress().pacing().toString()).startsWith("throttled since ");
            });
            here.effort(Effort.FULL);
            Stage.complete(there);
            assertThat(stage.values("SELECT effort FROM reseal_run").toString()).isEqualTo("[FULL]");
        }
    }

    /** Also where the database tells nothing of its load: what cannot be seen is said, and the rest decides. */
    @ParameterizedTest
    @EnumSource
    void aThrottledRunCompletesAndTellsOfEverySignal(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(400);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, Stage.SMALL.withEffort(Effort.BALANCED));

            assertThat(run.progress().pacing().state()).isEqualTo(PaceState.THROTTLED);
            assertThat(Stage.complete(run).changed()).isEqualTo(400);
            stage.requireSecretsIntact();
            List<SignalReading> signals = run.progress().pacing().signals();
            assertThat(signals).extracting(SignalReading::signal).doesNotHaveDuplicates();
            assertThat(signals)
                    .extracting(SignalReading::signal)
                    .contains(
                            Signal.REPLICA_LAG, Signal.WAITERS, Signal.PROBE, Signal.FOREGROUND_TIME, Signal.DISK_FREE);
            assertThat(signals).allSatisfy(reading -> {
                assertThat(reading.reason()).isNotEmpty();
                assertThat(reading.value().isEmpty()).isEqualTo(reading.level() == SignalLevel.UNAVAILABLE);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThrottledRunPausesResumesAndEnds(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3_000);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, Stage.SMALL.withEffort(Effort.GENTLE));
            await().atMost(Stage.LONG).until(() -> run.progress().changed() > 0);
            run.pause();
            await().atMost(Stage.LONG).until(() -> run.progress().state() == RunState.PAUSED);
            long paused = run.progress().changed();
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> run.progress().changed() <= paused + Stage.SMALL.batchRows());

            run.resume();
            run.effort(Effort.FULL);
            assertThat(Stage.complete(run).changed()).isEqualTo(3_000);
        }
    }

    /** Thousands of rows in small batches: neither these nor the engine's looks around are anybody else's. */
    private static final ReencryptionOptions BALANCED = ReencryptionOptions.defaults()
            .withWindow(10, 4)
            .withPauseBetweenBatches(Duration.ofMillis(25))
            .withPace(insensitive());

    /** To whatever else the machine does. */
    private static PaceOptions insensitive() {
        PaceOptions options = PaceOptions.defaults();
        Threshold never = new Threshold(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
        for (Signal signal : EnumSet.complementOf(EnumSet.of(Signal.DISK_FREE))) {
            options = options.withThreshold(signal, never);
        }
        return options;
    }

    @Test
    void speedsUpToFullSpeedOnAnIdleServer() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                ResealDatabase database = ResealDatabase.open(stage.settings, "reseal-rotation", 4);
                Engine engine = Engine.open(database, stage.keys, stage.settings.lease(), Clock.systemUTC())) {
            stage.accounts(15_000);
            stage.rotate(Stage.DB);
            awaitDuty(engine.start(Stage.DB, BALANCED), 1);
        }
    }

    @Test
    void speedsUpOnAnIdleServerOverTheApplicationsOwnDataSource() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(15_000);
            stage.rotate(Stage.DB);
            stage.keys.close();
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(stage.database.url() + "?ApplicationName=orders");
            config.setUsername(stage.database.user());
            try (HikariDataSource orders = new HikariDataSource(config)) {
                ResealSettings settings = ResealSettings.from(Map.of(
                        ResealSettings.KEY_STORE,
                        orders,
                        ResealSettings.KEK_FILE,
                        directory.resolve("kek.json").toString()));
                try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
                        ResealDatabase database = ResealDatabase.open(settings, "unused", 1);
                        Engine engine = Engine.open(database, keys, settings.lease(), Clock.systemUTC())) {
                    awaitDuty(engine.start(Stage.DB, BALANCED), 2 * Effort.BALANCED.mostDuty(true));
                }
            }
        }
    }

    private static void awaitDuty(Reencryption run, double duty) {
        try (run) {
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(run.progress().pacing().duty())
                            .as(run.progress().toString())
                            .isGreaterThanOrEqualTo(duty));
            assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
        }
    }
}
