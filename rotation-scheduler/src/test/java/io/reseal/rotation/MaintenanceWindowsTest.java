package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Outcome;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import io.reseal.rotation.maintenance.MaintenanceWindow.Plan;
import io.reseal.rotation.maintenance.MaintenanceWindow.State;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.TaskRun;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceWindowsTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    /** Two nodes on one database, each with channels of the same names. */
    private final class Scene implements AutoCloseable {

        final EmergencyStage stage;
        final MaintenanceWindows windows;
        final Map<String, RecordingChannel> channels = new HashMap<>();
        final AlertDelivery delivery;
        final AlertDelivery elsewhere;

        Scene(Databases kind) throws SQLException {
            stage = new EmergencyStage(kind, directory);
            windows = stage.rotation.maintenance();
            for (String name : List.of("pager", "security-desk", "response-desk", "board", "wall")) {
                channels.put(name, new RecordingChannel(name));
            }
            delivery = deliver();
            elsewhere = deliver();
        }

        private AlertDelivery deliver() {
            return AlertDelivery.open(
                    stage.rotation,
                    Map.of(
                            "reseal.alerts.channels", List.copyOf(channels.values()),
                            "reseal.contacts.operations", "pager",
                            "reseal.contacts.security", "security-desk",
                            "reseal.contacts.incident-response", "response-desk",
                            "reseal.contacts.executive", "board",
                            "reseal.contacts.readers", "wall",
                            "reseal.alerts.warning", "readers",
                            "reseal.alerts.information", "readers"));
        }

        /** A window of two hours. */
        Plan in(Duration time) {
            Instant start = stage.clock.instant().plus(time);
            return new Plan(start, start.plus(HOUR.multipliedBy(2)), "new indexes");
        }

        /** Both nodes look, one after the other. */
        boolean pass(Duration time) {
            stage.clock.advance(time);
            boolean hasOpened = windows.look(delivery);
            boolean hasOpenedElsewhere = stage.rotation.maintenance().look(elsewhere);
            delivery.deliver();
            elsewhere.deliver();
            return hasOpened || hasOpenedElsewhere;
        }

        /** A run that waits. */
        Reencryption idle(KeyType type) {
            return stage.rotation.reencrypt(type, ReencryptionOptions.defaults().withEffort(Effort.NONE));
        }

        List<Entry> entries(String id, Phase phase) {
            return windows.find(id).orElseThrow().entries().stream()
                    .filter(entry -> entry.phase() == phase)
                    .toList();
        }

        State state(String id) {
            return windows.find(id).orElseThrow().state();
        }

        RecordingChannel channel(String name) {
            return Objects.requireNonNull(channels.get(name));
        }

        /** What a channel was told of windows, without tests. */
        List<String> told(String channel) {
            return channel(channel).taken.stream()
                    .filter(notice -> notice.title().contains("maintenance:"))
                    .map(notice -> notice.alerts().get(0).evidence())
                    .toList();
        }

        List<Alert> alerts(AlertKind kind) {
            return stage.rotation.alerts().open().stream()
                    .filter(alert -> alert.kind() == kind)
                    .toList();
        }

        @Override
        public void close() {
            delivery.close();
            elsewhere.close();
            stage.close();
        }
    }

    @EachDatabase
    void isCheckedADayBeforeWatchedMeanwhileAndVerifiedSixHoursAfterwardsOnceOfManyNodes(Databases kind)
            throws Exception {
        try (Scene scene = new Scene(kind)) {
            scene.stage.rotation.backups().declare("dumps", Duration.ofDays(30), People.ANN);
            String id = scene.windows
                    .plan(scene.in(DAY.multipliedBy(2)), People.ANN)
                    .id();
            assertThat(id).isEqualTo("kr_window_1");
            assertThat(scene.pass(HOUR.multipliedBy(23))).isFalse();
            assertThat(scene.windows.find(id).orElseThrow().entries()).isEmpty();
            assertThat(scene.told("pager")).isEmpty();

            assertThat(scene.pass(HOUR)).isFalse();
            assertThat(scene.entries(id, Phase.BEFORE))
                    .extracting(Entry::check, Entry::subject, Entry::outcome)
                    .containsExactly(
                            tuple(Check.HEALTH, "", Outcome.OK),
                            tuple(Check.DATABASE, "", Outcome.OK),
                            tuple(Check.BACKUPS, "", Outcome.OK),
                            tuple(Check.ALERTING, "board", Outcome.OK),
                            tuple(Check.ALERTING, "pager", Outcome.OK),
                            tuple(Check.ALERTING, "response-desk", Outcome.OK),
                            tuple(Check.ALERTING, "security-desk", Outcome.OK),
                            tuple(Check.ALERTING, "wall", Outcome.OK));
            assertThat(scene.entries(id, Phase.BEFORE).get(1).measured().orElseThrow())
                    .isPositive();
            scene.pass(MINUTE);
            for (String stakeholder : List.of("pager", "security-desk", "response-desk")) {
                assertThat(scene.told(stakeholder))
                        .singleElement()
                        .asString()
                        .startsWith("to come; 0 findings beforehand; from 2037-01-04T03:04:05Z until")
                        .endsWith("planned by sso:1001: new indexes");
            }
            assertThat(scene.told("board")).isEmpty();
            assertThat(scene.channel("wall").told()).containsExactly("TEST 1 [MAINTENANCE_WINDOW]");

            scene.windows.note(id, People.BOB, "the last dump of 02:00 was restored");
            assertThat(scene.pass(DAY.minus(MINUTE.multipliedBy(2)))).isFalse();
            assertThat(scene.windows.open()).isEmpty();
            assertThat(scene.pass(MINUTE)).as("it opens").isTrue();
            assertThat(scene.windows.open()).isPresent();
            scene.windows.note(id, People.BOB, "the index is being built");
            assertThat(scene.pass(MINUTE)).isFalse();
            assertThat(scene.pass(Duration.ofSeconds(20))).isFalse();
            assertThat(scene.entries(id, Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.REENCRYPTION)
                    .as("one for each minute")
                    .hasSize(2)
                    .allSatisfy(entry -> assertThat(entry.text()).isEqualTo("nothing is being re-encrypted"));
            assertThat(scene.entries(id, Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.SAMPLE)
                    .as("each ten minutes, of both columns")
                    .extracting(Entry::subject)
                    .containsExactly("note.body", "note.title");
            assertThat(scene.entries(id, Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.SAMPLE)
                    .extracting(entry -> entry.text().replaceAll("opened, in \\d+ µs", "opened"))
                    .containsExactly(
                            "30 values under database_encryption version 1 opened each",
                            "15 values under database_encryption version 1 opened each");
            scene.pass(Duration.ofMinutes(9));
            assertThat(scene.entries(id, Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.CANARY)
                    .as("of both key types, twice")
                    .hasSize(4)
                    .allMatch(entry -> entry.outcome() == Outcome.OK);

            scene.pass(HOUR.multipliedBy(7).plus(Duration.ofMinutes(49)));
            assertThat(scene.state(id)).isEqualTo(State.PLANNED);
            scene.windows.note(id, People.BOB, "the index is used");
            assertThat(scene.windows.find(id).orElseThrow().entries())
                    .filteredOn(entry -> entry.check() == Check.NOTE)
                    .extracting(Entry::phase)
                    .containsExactly(Phase.BEFORE, Phase.DURING, Phase.AFTER);
            scene.pass(MINUTE);
            assertThat(scene.state(id)).isEqualTo(State.CLEAN);
            assertThat(scene.entries(id, Phase.AFTER))
                    .extracting(Entry::check)
                    .contains(Check.HEALTH, Check.DATABASE, Check.RUNS, Check.ALERTS, Check.CANARY, Check.SAMPLE);
            int entries = scene.windows.find(id).orElseThrow().entries().size();
            scene.pass(MINUTE);
            assertThat(scene.windows.find(id).orElseThrow().entries()).hasSize(entries);
            assertThat(scene.alerts(AlertKind.MAINTENANCE_FINDINGS)).isEmpty();

            WrittenRecord record = scene.windows.export(id);
            assertThat(record.text())
                    .startsWith(
                            "Maintenance window kr_window_1 from 2037-01-04T03:04:05Z until 2037-01-04T05:04:05Z (CLEAN)")
                    .contains("\nBEFORE\n", "\nDURING\n", "\nAFTER\n")
                    .contains("NOTED NOTE: the last dump of 02:00 was restored, sso:1002")
                    .contains("OK ALERTS: no alert came up since the start");
            assertThat(record.json())
                    .contains("\"id\" : \"kr_window_1\"", "\"state\" : \"CLEAN\"", "\"check\" : \"SAMPLE\"");
            assertThat(scene.stage.database.query(
                            "SELECT action FROM reseal_audit WHERE subject = 'window kr_window_1' ORDER BY seq"))
                    .containsExactly("plan-window", "note-window", "note-window", "note-window");
        }
    }

    @EachDatabase
    void isRefusedInThePastTooLongEmptyOrOverAnother(Databases kind) throws Exception {
        try (Scene scene = new Scene(kind)) {
            Instant now = scene.stage.clock.instant();
            assertThatThrownBy(() -> new Plan(now, now, "nothing"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is empty");
            assertThatThrownBy(() -> new Plan(now, now.plus(DAY).plusSeconds(1), "long"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("longer than 24 hours");
            assertThatThrownBy(() -> new Plan(now, now.plus(DAY), " "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs a reason");
            assertThatThrownBy(() -> scene.windows.plan(scene.in(Duration.ofMillis(-1)), People.ANN))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("would begin in the past");
            String first = scene.windows.plan(scene.in(DAY), People.ANN).id();
            String second = scene.windows
                    .plan(scene.in(DAY.plus(HOUR.multipliedBy(2))), People.ANN)
                    .id();
            assertThatThrownBy(() -> scene.windows.plan(scene.in(DAY.plus(HOUR)), People.BOB))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("overlaps kr_window_1");
            assertThatThrownBy(() -> scene.windows.move(second, scene.in(DAY.plus(HOUR)), People.BOB))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("overlaps kr_window_1");
            assertThat(scene.windows
                            .move(second, scene.in(DAY.plus(HOUR.multipliedBy(3))), People.BOB)
                            .plan()
                            .start())
                    .isEqualTo(now.plus(DAY).plus(HOUR.multipliedBy(3)));
            scene.stage.clock.advance(DAY.plus(MINUTE));
            assertThatThrownBy(() -> scene.windows.move(first, scene.in(DAY), People.BOB))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("has begun");
            assertThat(scene.windows.cancel(first, People.BOB, "disk is full").state())
                    .isEqualTo(State.CANCELLED);
            assertThatThrownBy(() -> scene.windows.cancel(first, People.BOB, "again"))
                    .isInstanceOf(RotationRefusedException.class);
            assertThatThrownBy(() -> scene.windows.find("window 1")).isInstanceOf(IllegalArgumentException.class);
            assertThat(scene.windows.plan(scene.in(MINUTE), People.ANN).id())
                    .as("where the first one was")
                    .isEqualTo("kr_window_3");
            assertThat(scene.stage.database.query(
                            "SELECT action FROM reseal_audit WHERE subject LIKE 'window %' ORDER BY seq"))
                    .containsExactly("plan-window", "plan-window", "move-window", "cancel-window", "plan-window");
        }
    }

    @EachDatabase
    void whoWasToldIsToldOnceOfEachChange(Databases kind) throws Exception {
        try (Scene scene = new Scene(kind)) {
            String early = scene.windows
                    .plan(scene.in(DAY.multipliedBy(9)), People.ANN)
                    .id();
            scene.windows.cancel(early, People.ANN, "not needed");
            String id = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.pass(MINUTE);
            assertThat(scene.told("pager")).hasSize(1);
            scene.windows.move(id, scene.in(HOUR.multipliedBy(4)), People.BOB);
            scene.pass(MINUTE);
            scene.pass(MINUTE);
            assertThat(scene.told("pager")).hasSize(2).element(1).asString().startsWith("changed; from ");
            assertThat(scene.entries(id, Phase.BEFORE))
                    .filteredOn(entry -> entry.check() == Check.HEALTH)
                    .as("checked again for the new time")
                    .hasSize(2);
            scene.windows.cancel(id, People.BOB, "disk is full");
            scene.pass(MINUTE);
            scene.pass(MINUTE);
            assertThat(scene.told("security-desk"))
                    .hasSize(3)
                    .element(2)
                    .asString()
                    .startsWith("called off; from ");
            scene.pass(DAY);
            assertThat(scene.entries(id, Phase.DURING)).isEmpty();
            assertThat(scene.state(id)).isEqualTo(State.CANCELLED);
        }
    }

    @Test
    void whatIsFoundBeforehandIsToldOf() throws Exception {
        try (Scene scene = new Scene(Databases.POSTGRESQL)) {
            scene.channel("board").is(RecordingChannel.Mood.REFUSING);
            String id = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.pass(MINUTE);
            assertThat(scene.entries(id, Phase.BEFORE))
                    .filteredOn(entry -> entry.outcome() == Outcome.FINDING)
                    .extracting(entry -> entry.check() + " " + entry.text())
                    .containsExactly(
                            "BACKUPS no copies are declared: make a backup, and declare it with Backups.declare",
                            "ALERTING a test was not taken: board is out of order");
            assertThat(scene.alerts(AlertKind.MAINTENANCE_FINDINGS))
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.evidence())
                            .contains("BACKUPS: no copies", "ALERTING (board): a test was not taken"));
            scene.pass(DAY);
            assertThat(scene.state(id)).as("nobody looked while it was open").isEqualTo(State.FINDINGS);
            assertThat(scene.windows.export(id).text()).contains("no node looked while the window was open");
            String missed = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.pass(HOUR.multipliedBy(3));
            assertThat(scene.entries(missed, Phase.BEFORE))
                    .as("it is over already")
                    .isEmpty();
            assertThat(scene.told("pager")).hasSize(1);
        }
    }

    /** Another row's value in its place opens for nobody. */
    @EachDatabase
    void aSampleThatDoesNotOpenAlarmsAndHoldsTheReencryption(Databases kind) throws Exception {
        try (Scene scene = new Scene(kind)) {
            scene.stage.rotation.backups().declare("dumps", Duration.ofDays(30), People.ANN);
            String id = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.pass(MINUTE);
            scene.pass(HOUR);
            scene.stage.rotation.rotate(EmergencyStage.DB, "ann", "test");
            scene.stage.database.execute("UPDATE \"note\" SET \"body\" = '"
                    + damaged(scene.stage.seal("after the rotation")) + "' WHERE \"id\" = 7");
            sealTokens(scene.stage);
            scene.stage.rotation.rotate(EmergencyStage.TOKEN, "ann", "test");
            try (Reencryption run = scene.idle(EmergencyStage.DB);
                    Reencryption other = scene.idle(EmergencyStage.TOKEN)) {
                scene.pass(MINUTE.multipliedBy(10));
                assertThat(run.progress().state()).isEqualTo(RunState.PAUSED);
                assertThat(other.progress().state()).isEqualTo(RunState.RUNNING);
            }
            assertThat(scene.alerts(AlertKind.CANARY_FAILED)).singleElement().satisfies(alert -> {
                assertThat(alert.severity()).isEqualTo(AlertSeverity.CRITICAL);
                assertThat(alert.subject()).isEqualTo(AlertSubject.column("note.body"));
                assertThat(alert.evidence())
                        .isEqualTo("1 of 1 values of note.body under database_encryption version 2 did not open:"
                                + " {TamperedValueException=1}; held: run 1 of database_encryption");
            });
            assertThat(scene.entries(id, Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.REENCRYPTION)
                    .extracting(Entry::text)
                    .last()
                    .asString()
                    .startsWith("RUNNING, 0 rows re-encrypted, 0 values not opened");
            scene.stage.database.execute("UPDATE \"note\" SET \"body\" = NULL WHERE \"id\" = 7");
            scene.pass(HOUR.multipliedBy(8));
            assertThat(scene.state(id)).as("for what was found in it").isEqualTo(State.FINDINGS);
        }
    }

    private static void sealTokens(EmergencyStage stage) throws SQLException {
        stage.database.execute("CREATE TABLE \"token\" (\"id\" bigint PRIMARY KEY, \"secret\" varchar(500))");
        stage.record(new SealedColumn(
                Optional.empty(),
                "token",
                "secret",
                StorageForm.TEXT,
                EmergencyStage.TOKEN,
                "token.secret",
                List.of("id"),
                true));
        String sealed = new FieldCipher(stage.keys, "token.secret").sealText(EmergencyStage.TOKEN, new byte[] {1});
        stage.database.execute("INSERT INTO \"token\" VALUES (1, '" + sealed + "')");
    }

    private static String damaged(String sealed) {
        char last = sealed.charAt(sealed.length() - 5);
        return sealed.substring(0, sealed.length() - 5)
                + (last == 'A' ? 'B' : 'A')
                + sealed.substring(sealed.length() - 4);
    }

    @Test
    void newAlertsAndRunsThatStandStillAreFoundAfterwards() throws Exception {
        try (Scene scene = new Scene(Databases.POSTGRESQL)) {
            scene.stage.rotation.backups().declare("dumps", Duration.ofDays(30), People.ANN);
            String id = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.pass(MINUTE);
            scene.pass(HOUR);
            scene.stage.rotation.rotate(EmergencyStage.DB, "ann", "test");
            scene.idle(EmergencyStage.DB).close();
            Alerts alerts = scene.stage.rotation.alerts();
            alerts.raise(AlertKind.CLOCK_BEHIND, AlertSubject.node("n"), "test");
            alerts.raise(AlertKind.CLEANUP_RESULTS, AlertSubject.node("n"), "for information");
            alerts.raise(AlertKind.MAINTENANCE_FINDINGS, AlertSubject.window(id), "told of in the window");
            scene.stage.database.execute("UPDATE reseal_alert SET first_seen = (SELECT start_at FROM reseal_window),"
                    + " last_seen = (SELECT start_at FROM reseal_window)");
            scene.pass(HOUR.multipliedBy(8));
            assertThat(scene.entries(id, Phase.AFTER))
                    .filteredOn(entry -> entry.outcome() == Outcome.FINDING)
                    .extracting(Entry::text)
                    .containsExactly(
                            "nobody works on run 1 of database_encryption",
                            "came up since the start: CLOCK_BEHIND (node n)");
            assertThat(scene.alerts(AlertKind.MAINTENANCE_FINDINGS)).hasSize(1);
        }
    }

    @Test
    void samplesTellHowFastARunGoesAndWhatStandsAgainstIt() throws Exception {
        try (Scene scene = new Scene(Databases.H2)) {
            String id = scene.windows.plan(scene.in(HOUR), People.ANN).id();
            scene.stage.rotation.rotate(EmergencyStage.DB, "ann", "test");
            try (Reencryption run = scene.idle(EmergencyStage.DB)) {
                String parts =
                        "UPDATE reseal_range SET lease_until = CURRENT_TIMESTAMP + INTERVAL '1' DAY, rows_changed = ";
                scene.stage.database.execute(parts + 50);
                scene.pass(HOUR);
                scene.stage.database.execute(parts + 110);
                scene.pass(MINUTE);
                Instant before = scene.stage.clock.instant();
                scene.stage.database.execute(parts + 140);
                scene.pass(MINUTE);
                scene.stage.database.execute("INSERT INTO reseal_quarantine SELECT MIN(id), '" + "0".repeat(64)
                        + "', 'body', 'TamperedValueException', CURRENT_TIMESTAMP FROM reseal_range");
                scene.pass(MINUTE);
                scene.stage.database.execute("DELETE FROM reseal_quarantine");
                scene.stage.database.execute("UPDATE reseal_run SET state = 'FAILED'");
                scene.pass(MINUTE);
                assertThat(scene.entries(id, Phase.DURING))
                        .filteredOn(entry -> entry.check() == Check.REENCRYPTION)
                        .allMatch(entry -> entry.subject().equals("run 1 of database_encryption"))
                        .extracting(Entry::outcome, entry -> entry.text().replaceAll(" workers;.*", ""))
                        .containsExactly(
                                tuple(Outcome.OK, "RUNNING, 100 rows re-encrypted, 0 values not opened, 2"),
                                tuple(
                                        Outcome.OK,
                                        "RUNNING, 220 rows re-encrypted, 2 a second since " + before.minus(MINUTE)
                                                + ", 0 values not opened, 2"),
                                tuple(
                                        Outcome.OK,
                                        "RUNNING, 280 rows re-encrypted, 1 a second since " + before
                                                + ", 0 values not opened, 2"),
                                tuple(
                                        Outcome.FINDING,
                                        "RUNNING, 280 rows re-encrypted, 0 a second since " + before.plus(MINUTE)
                                                + ", 1 values not opened, 2"),
                                tuple(
                                        Outcome.FINDING,
                                        "FAILED, 280 rows re-encrypted, 0 a second since "
                                                + before.plus(MINUTE.multipliedBy(2))
                                                + ", 0 values not opened, 2"));
                assertThat(run.id()).isEqualTo(new RunId(1));
            }
        }
    }

    @EachDatabase
    void nodesThatPlanAndLookAtOnceDoEachThingOnce(Databases kind) throws Exception {
        try (Scene scene = new Scene(kind)) {
            Plan plan = scene.in(HOUR);
            List<String> planned = atOnce(4, () -> {
                try {
                    return scene.stage
                            .rotation
                            .maintenance()
                            .plan(plan, People.ANN)
                            .id();
                } catch (RotationRefusedException e) {
                    return "refused";
                }
            });
            assertThat(planned)
                    .contains("kr_window_1")
                    .filteredOn("refused"::equals)
                    .hasSize(3);
            scene.stage.clock.advance(HOUR);
            List<Boolean> opened =
                    atOnce(4, () -> scene.stage.rotation.maintenance().look(scene.delivery));
            assertThat(opened).filteredOn(one -> one).hasSize(1);
            assertThat(scene.entries("kr_window_1", Phase.BEFORE))
                    .filteredOn(entry -> entry.check() == Check.HEALTH)
                    .hasSize(1);
            assertThat(scene.entries("kr_window_1", Phase.DURING))
                    .filteredOn(entry -> entry.check() == Check.REENCRYPTION)
                    .hasSize(1);
            scene.stage.clock.advance(DAY);
            atOnce(4, () -> scene.stage.rotation.maintenance().look(scene.delivery));
            assertThat(scene.entries("kr_window_1", Phase.AFTER))
                    .filteredOn(entry -> entry.check() == Check.RUNS)
                    .hasSize(1);
        }
    }

    private static <T> List<T> atOnce(int threads, Callable<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(120, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void withTheSettingRotationsWaitForAWindow() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                RotationScheduler scheduler = RotationScheduler.open(
                        stage.rotation,
                        Map.of(SchedulerSettings.WINDOWS, "planned", SchedulerSettings.EFFORT, "full"))) {
            EventId event = stage.rotation
                    .events()
                    .schedule(EmergencyStage.DB, true, "ann", "test")
                    .id();
            ScheduledTask execute = ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS;
            assertThat(scheduler.run(execute).summary()).isEqualTo("no maintenance window is open");
            Instant start = stage.clock.instant().plus(HOUR);
            stage.rotation.maintenance().plan(new Plan(start, start.plus(HOUR), "rotations"), People.ANN);
            assertThat(stage.rotation.maintenance().next()).contains(start);
            scheduler.run(execute);
            assertThat(stage.rotation.events().find(event).orElseThrow().state())
                    .isEqualTo(EventState.PENDING);
            stage.clock.advance(HOUR);
            scheduler.run(execute);
            assertThat(stage.rotation.events().find(event).orElseThrow().state())
                    .isEqualTo(EventState.COMPLETED);
        }
    }

    @Test
    void aWindowBeginsRotationsWhenItOpensAndLeavesThemToTheNextOneWhenItCloses() throws Exception {
        Map<String, String> settings = Map.of(
                SchedulerSettings.WINDOWS,
                "planned",
                SchedulerSettings.EFFORT,
                "full",
                SchedulerSettings.CRON + "key_rotation_alerts",
                "off");
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                RotationScheduler scheduler =
                        RotationScheduler.open(stage.rotation, settings).start()) {
            MaintenanceWindows windows = stage.rotation.maintenance();
            Instant now = stage.clock.instant();
            EventId event = stage.rotation
                    .events()
                    .schedule(EmergencyStage.DB, true, "ann", "test")
                    .id();
            String first = windows.plan(new Plan(now.plus(HOUR), now.plus(HOUR.multipliedBy(2)), "one"), People.ANN)
                    .id();
            windows.plan(new Plan(now.plus(HOUR.multipliedBy(5)), now.plus(HOUR.multipliedBy(6)), "two"), People.ANN);
            try (Connection blocker = stage.database.connect()) {
                blocker.setAutoCommit(false);
                blocker.createStatement().execute("SELECT * FROM \"note\" FOR UPDATE");
                stage.clock.advance(HOUR);
                scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS);
                await().until(() -> found(stage, event).outcome().run().isPresent());
                stage.clock.advance(MINUTE);
                scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS);
                stage.clock.advance(HOUR);
                await().until(() -> found(stage, event).state() == EventState.PENDING);
                blocker.rollback();
            }
            assertThat(stage.rotation.keys(EmergencyStage.DB))
                    .as("what is sealed from now on is sealed under the new key")
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.underFirst()).isEqualTo(EmergencyStage.ROWS);
            assertThat(found(stage, event).outcome().attempts())
                    .as("none failed")
                    .isZero();
            assertThat(stage.database.query("SELECT state FROM reseal_run")).containsExactly("RUNNING");
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_range WHERE lease_until > CURRENT_TIMESTAMP"))
                    .as("nobody works on it")
                    .containsExactly("0");
            await().until(() -> execution(scheduler).summary().startsWith("open afterwards: " + event));
            assertThat(scheduler
                            .run(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS)
                            .summary())
                    .isEqualTo("no maintenance window is open");
            assertThat(stage.underFirst()).isEqualTo(EmergencyStage.ROWS);

            stage.clock.advance(HOUR.multipliedBy(3));
            scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS);
            await().until(() -> found(stage, event).state() == EventState.COMPLETED);
            assertThat(stage.underFirst()).isZero();
            assertThat(windows.find(first).orElseThrow().entries())
                    .filteredOn(entry -> entry.check() == Check.REENCRYPTION)
                    .extracting(entry -> entry.text().replaceAll(" re-encrypted.*", ""))
                    .containsExactly("nothing is being", "RUNNING, 0 rows");
        }
    }

    private static RotationEvent found(EmergencyStage stage, EventId event) {
        return stage.rotation.events().find(event).orElseThrow();
    }

    private static TaskRun execution(RotationScheduler scheduler) {
        return scheduler.status().tasks().stream()
                .filter(each -> each.task() == ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS)
                .flatMap(each -> each.last().stream())
                .findFirst()
                .orElseThrow();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
