package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.SchedulerStatus;
import io.reseal.rotation.schedule.TaskRun;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;

class RotationSchedulerTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final String EVERY_SECOND = "* * * * * ?";
    private static final String CHECK = SchedulerSettings.CRON + "automated_key_rotation_check";
    private static final String EXECUTE = SchedulerSettings.CRON + "execute_scheduled_key_rotations";

    @TempDir
    Path directory;

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    private static Map<String, String> quick() {
        return Map.of(CHECK, EVERY_SECOND, EXECUTE, EVERY_SECOND, SchedulerSettings.EFFORT, "full");
    }

    private static void awaitRotation(EmergencyStage stage) {
        await().until(() -> stage.rotation.events().since(stage.clock.instant()).stream()
                .anyMatch(event -> event.replaces().equals(new KeyId(DB, 1)) && event.state() == EventState.COMPLETED));
    }

    private static long runs(RotationScheduler scheduler, ScheduledTask task) {
        return scheduler.status().tasks().stream()
                .filter(each -> each.task() == task)
                .flatMap(each -> each.last().stream())
                .mapToLong(TaskRun::runs)
                .sum();
    }

    @EachDatabase
    void rotatesAndReencryptsWhatIsDueWithNobodyPresent(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory);
                RotationScheduler one =
                        RotationScheduler.open(stage.rotation, quick()).start();
                RotationScheduler two =
                        RotationScheduler.open(stage.rotation, quick()).start()) {
            await().until(() -> runs(one, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK) > 0);
            assertThat(stage.rotation.events().open()).isEmpty();
            stage.clock.advance(Duration.ofDays(180));
            awaitRotation(stage);
            assertThat(stage.rotation.keys(DB))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.underFirst()).isZero();
            assertThat(two.status().tasks())
                    .extracting(SchedulerStatus.Timetable::task)
                    .containsExactly(ScheduledTask.values());
            assertThat(two.status().tasks())
                    .allSatisfy(each -> assertThat(each.next()).isPresent());
        }
    }

    @EachDatabase
    void staysPausedAcrossNodesAndRestartsAndMakesUpOnce(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            try (RotationScheduler scheduler =
                            RotationScheduler.open(stage.rotation, quick()).start();
                    RotationScheduler elsewhere = RotationScheduler.open(stage.rotation, quick())) {
                assertThat(elsewhere.pause("ann", "data look wrong").actor()).isEqualTo("ann");
                assertThat(scheduler.pause("bob", "me too").actor()).isEqualTo("ann");
            }
            stage.clock.advance(Duration.ofDays(180));
            Map<String, String> daily = Map.of(EXECUTE, "off");
            try (RotationScheduler restarted =
                    RotationScheduler.open(stage.rotation, daily).start()) {
                assertThat(restarted.status().pause().orElseThrow().reason()).isEqualTo("data look wrong");
                await().untilAsserted(() -> assertThat(states(stage)).containsOnly("PAUSED"));
                assertThat(
                                stage.database.query(
                                        "SELECT trigger_name FROM RESEAL_QRTZ_TRIGGERS"
                                                + " WHERE trigger_group <> 'key_rotation' AND trigger_state <> 'PAUSED' ORDER BY trigger_name"))
                        .as("what would tell that the pause is too long")
                        .containsExactly("key_rotation_alerts", "key_rotation_health_check");
                assertThatThrownBy(() -> restarted.run(ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                        .isInstanceOf(RotationRefusedException.class)
                        .hasMessageContaining("ann has paused the scheduler")
                        .hasMessageContaining("data look wrong");
                assertThatThrownBy(() -> restarted.trigger(ScheduledTask.KEY_ROTATION_CLEANUP))
                        .isInstanceOf(RotationRefusedException.class);
                long before = runs(restarted, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK);
                threeDaysMissed(stage);
                restarted.resume("ann", "they were right");
                await().until(() -> runs(restarted, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK) > before);
                await().until(() ->
                        !states(stage).contains("ACQUIRED") && !states(stage).contains("BLOCKED"));
                assertThat(runs(restarted, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                        .isEqualTo(before + 1);
                assertThat(restarted.status().pause()).isEmpty();
                assertThat(stage.database.query(
                                "SELECT action FROM reseal_audit WHERE subject = 'scheduler' ORDER BY seq"))
                        .containsExactly("pause-scheduler", "resume-scheduler");
            }
        }
    }

    private static List<String> states(EmergencyStage stage) throws SQLException {
        return stage.database.query(
                "SELECT trigger_state FROM RESEAL_QRTZ_TRIGGERS WHERE trigger_group = 'key_rotation'");
    }

    private static void threeDaysMissed(EmergencyStage stage) throws SQLException {
        stage.database.execute(
                "UPDATE RESEAL_QRTZ_TRIGGERS SET start_time = start_time - 864000000, next_fire_time = next_fire_time - 3 * 86400000"
                        + " WHERE trigger_name = 'automated_key_rotation_check'");
    }

    @Test
    void makesUpOnceForWhatWasMissedWhileNoNodeWasUp() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            RotationScheduler.open(stage.rotation, Map.of()).start().close();
            threeDaysMissed(stage);
            try (RotationScheduler scheduler =
                    RotationScheduler.open(stage.rotation, Map.of()).start()) {
                await().until(() -> runs(scheduler, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK) > 0);
                await().until(() -> stage.database
                        .query("SELECT COUNT(*) FROM RESEAL_QRTZ_TRIGGERS WHERE trigger_group = 'key_rotation'"
                                + " AND (trigger_state <> 'WAITING' OR next_fire_time <= " + System.currentTimeMillis()
                                + ")")
                        .equals(List.of("0")));
                assertThat(runs(scheduler, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                        .isOne();
                assertThat(scheduler.status().tasks().get(0).next().orElseThrow())
                        .as("the two other days are not made up for")
                        .isAfter(Instant.now());
            }
        }
    }

    @Test
    void endsAnExecutionThatIsPausedAndGoesOnWithItWhenItIsResumed() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                RotationScheduler scheduler =
                        RotationScheduler.open(stage.rotation, Map.of()).start()) {
            EventId id =
                    stage.rotation.events().schedule(DB, true, "ann", "now").id();
            try (var blocker = stage.database.connect()) {
                blocker.setAutoCommit(false);
                blocker.createStatement().execute("SELECT * FROM \"note\" FOR UPDATE");
                scheduler.trigger(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS);
                await().until(() -> stage.rotation
                        .events()
                        .find(id)
                        .orElseThrow()
                        .outcome()
                        .run()
                        .isPresent());
                scheduler.pause("ann", "stop");
                await().until(() ->
                        stage.rotation.events().find(id).orElseThrow().state() == EventState.PENDING);
                blocker.rollback();
            }
            assertThat(stage.underFirst()).isPositive();
            scheduler.resume("ann", "go");
            await().until(() -> stage.rotation.events().find(id).orElseThrow().state() == EventState.COMPLETED);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @Test
    void aTimetableThatDiffersTakesThePlaceOfTheOneBefore() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationScheduler.open(stage.rotation, Map.of(CHECK, "0 0 1 * * ?"))
                    .start()
                    .close();
            try (RotationScheduler changed = RotationScheduler.open(
                            stage.rotation, Map.of(CHECK, "0 0 2 * * ?", EXECUTE, "off"))
                    .start()) {
                assertThat(stage.database.query("SELECT cron_expression FROM RESEAL_QRTZ_CRON_TRIGGERS"
                                + " WHERE trigger_name = 'automated_key_rotation_check'"))
                        .containsExactly("0 0 2 * * ?");
                assertThat(stage.database.query("SELECT COUNT(*) FROM RESEAL_QRTZ_JOB_DETAILS"
                                + " WHERE job_name = 'execute_scheduled_key_rotations'"))
                        .containsExactly("0");
                assertThat(changed.status().tasks().get(1).next()).isEmpty();
            }
        }
    }

    @Test
    void hasWhatFailedBegunAgainWhenItsTimeComes() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler = RotationScheduler.open(
                                stage.rotation, Map.of(SchedulerSettings.BACKOFF, "PT7M"))
                        .start()) {
            stage.database.execute("ALTER TABLE \"note\" RENAME TO \"away\"");
            var unused = stage.rotation.events().schedule(DB, true, "ann", "now");
            scheduler.trigger(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS);
            await().untilAsserted(() -> assertThat(
                            stage.database.query("SELECT next_fire_time, priority FROM RESEAL_QRTZ_TRIGGERS"
                                    + " WHERE trigger_name = 'execute_scheduled_key_rotations_again'"))
                    .containsExactly(
                            stage.clock.instant().plus(Duration.ofMinutes(7)).toEpochMilli() + "|9"));
        }
    }

    /** The schedulers of two hosts know nothing of each other. */
    @Test
    void aPauseHoldsWhereNobodyHasPausedQuartz() throws Exception {
        Scheduler quartz = host("unaware");
        quartz.start();
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Map<String, Object> settings = new HashMap<>(quick());
            settings.put(SchedulerSettings.QUARTZ, quartz);
            try (RotationScheduler unaware =
                            RotationScheduler.open(stage.rotation, settings).start();
                    RotationScheduler elsewhere = RotationScheduler.open(stage.rotation, quick())) {
                await().until(() -> runs(unaware, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK) > 0);
                elsewhere.pause("ann", "data look wrong");
                awaitJobs(quartz, 2); // one of them may have begun before
                long before = runs(unaware, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK);
                awaitJobs(quartz, 4);
                assertThat(runs(unaware, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                        .isEqualTo(before);
            }
        } finally {
            quartz.shutdown();
        }
    }

    private static void awaitJobs(Scheduler quartz, int more) throws SchedulerException {
        int before = quartz.getMetaData().getNumberOfJobsExecuted();
        await().until(() -> quartz.getMetaData().getNumberOfJobsExecuted() >= before + more);
    }

    private static Scheduler host(String name) throws SchedulerException {
        Properties host = new Properties();
        host.setProperty("org.quartz.scheduler.instanceName", name);
        host.setProperty("org.quartz.threadPool.threadCount", "2");
        host.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        return new StdSchedulerFactory(host).getScheduler();
    }

    @Test
    void executesAsTheSettingsSay() {
        EventExecution.Limits standard =
                SchedulerSettings.from(Map.of(), Instant.EPOCH).limits();
        assertThat(standard.options().batchRows()).isEqualTo(1_000);
        assertThat(standard.attempts()).isEqualTo(5);
        EventExecution.Limits chosen = SchedulerSettings.from(
                        Map.of(
                                SchedulerSettings.BATCH, "77",
                                SchedulerSettings.WORKERS, "3",
                                SchedulerSettings.EFFORT, "gentle",
                                SchedulerSettings.ATTEMPTS, "9",
                                SchedulerSettings.BACKOFF, "PT2M",
                                SchedulerSettings.TAKEOVER, "PT3M"),
                        Instant.EPOCH)
                .limits();
        assertThat(chosen)
                .isEqualTo(new EventExecution.Limits(
                        Duration.ofMinutes(3),
                        9,
                        Duration.ofMinutes(2),
                        ReencryptionOptions.defaults()
                                .withWindow(77, ReencryptionOptions.defaults().batchesPerWindow())
                                .withWorkers(3)
                                .withEffort(Effort.GENTLE)));
    }

    /** Other nodes would take a task that is not on record as over for one that this node still does. */
    @Test
    void leavesNothingBehindThatLooksAsIfItWereStillBeingDone() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                var blocker = stage.database.connect()) {
            EventId id =
                    stage.rotation.events().schedule(DB, true, "ann", "now").id();
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("SELECT * FROM \"note\" FOR UPDATE");
            try (RotationScheduler scheduler =
                    RotationScheduler.open(stage.rotation, Map.of()).start()) {
                scheduler.trigger(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS);
                await().until(() -> stage.rotation
                        .events()
                        .find(id)
                        .orElseThrow()
                        .outcome()
                        .run()
                        .isPresent());
            }
            blocker.rollback();
            assertThat(stage.database.query("SELECT COUNT(*) FROM RESEAL_QRTZ_FIRED_TRIGGERS"))
                    .containsExactly("0");
        }
    }

    @Test
    void usesTheSchedulerOfAHostAndLeavesItRunning() throws Exception {
        Scheduler quartz = host("host");
        quartz.start();
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Map<String, Object> settings = new HashMap<>(quick());
            settings.put(SchedulerSettings.QUARTZ, quartz);
            try (RotationScheduler scheduler =
                    RotationScheduler.open(stage.rotation, settings).start()) {
                stage.clock.advance(Duration.ofDays(180));
                awaitRotation(stage);
                assertThat(runs(scheduler, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                        .isPositive();
            }
            assertThat(quartz.isStarted()).isTrue();
            assertThat(quartz.isInStandbyMode()).isFalse();
            assertThat(quartz.getContext()).as("nothing of what was closed").isEmpty();
            assertThat(quartz.isShutdown()).isFalse();
            assertThat(stage.database.query(
                            "SELECT COUNT(*) FROM information_schema.tables WHERE table_name LIKE 'RESEAL_QRTZ%'"))
                    .containsExactly("0");
        } finally {
            quartz.shutdown();
        }
    }

    @Test
    void tellsHowATaskFailedAndGoesOn() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler = RotationScheduler.open(stage.rotation, quick())) {
            stage.database.execute("ALTER TABLE reseal_event RENAME TO away");
            assertThatThrownBy(() -> scheduler.run(ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                    .isInstanceOf(RuntimeException.class);
            scheduler.start();
            await().until(() -> runs(scheduler, ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK) > 2);
            TaskRun failed = last(scheduler);
            assertThat(failed.failures()).isPositive();
            stage.database.execute("ALTER TABLE away RENAME TO reseal_event");
            await().until(() -> last(scheduler).succeeded());
            assertThat(last(scheduler).summary()).isEqualTo("to be executed: none");
        }
    }

    private static TaskRun last(RotationScheduler scheduler) {
        return scheduler.status().tasks().get(0).last().orElseThrow();
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of(Map.of(CHECK, "daily"), List.of(CHECK, "'daily'", "no cron expression", "off")),
                Arguments.of(Map.of(CHECK, "0 0 1 * *"), List.of(CHECK, "no cron expression")),
                Arguments.of(Map.of(CHECK, "0 0 1 30 2 ?"), List.of(CHECK, "never comes")),
                Arguments.of(Map.of(SchedulerSettings.CRON + "tea", "0 0 17 * * ?"), List.of("cron.tea", "not known")),
                Arguments.of(Map.of("reseal.scheduler.batchsize", "5"), List.of("batchsize", "not known")),
                Arguments.of(
                        Map.of(SchedulerSettings.BATCH, "0"), List.of(SchedulerSettings.BATCH, "'0'", "1 to 5000")),
                Arguments.of(
                        Map.of(SchedulerSettings.EFFORT, "some"),
                        List.of(SchedulerSettings.EFFORT, "'some'", "gentle")),
                Arguments.of(
                        Map.of(SchedulerSettings.EFFORT, "none"),
                        List.of(SchedulerSettings.EFFORT, "'none'", "gentle")),
                Arguments.of(Map.of(SchedulerSettings.BACKOFF, "PT0S"), List.of(SchedulerSettings.BACKOFF, "second")),
                Arguments.of(
                        Map.of(SchedulerSettings.QUARTZ, "mine"),
                        List.of(SchedulerSettings.QUARTZ, "java.lang.String", "org.quartz.Scheduler")));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void namesASettingThatIsUnusable(Map<String, String> settings, List<String> said) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            assertThatThrownBy(() -> RotationScheduler.open(stage.rotation, settings))
                    .isInstanceOf(ResealConfigurationException.class)
                    .satisfies(e -> assertThat(e.getMessage()).contains(said));
        }
    }

    @Test
    void namesATableThatIsMissingWhereItMayNotBeCreated() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                KeyRotation rotation = stage.open(Map.of(ResealSettings.CREATE_TABLES, "false"))) {
            assertThatThrownBy(() -> RotationScheduler.open(rotation, Map.of()))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContaining("RESEAL_QRTZ_")
                    .hasMessageContaining("io/reseal/schema/scheduler/h2/001-scheduler.sql");
            RotationScheduler.open(stage.rotation, Map.of()).close();
            RotationScheduler.open(rotation, Map.of()).start().close();
        }
    }
}
