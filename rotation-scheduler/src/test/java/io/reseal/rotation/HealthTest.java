package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.health.HealthReport;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.PaceHook;
import io.reseal.rotation.pace.Threshold;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.FaultyKek;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check, with the fact that it looks at broken, and mended again. */
class HealthTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(DB, 1);
    private static final AlertSubject TYPE = AlertSubject.keyType(DB);
    private static final ReencryptionOptions QUICKLY =
            ReencryptionOptions.defaults().withEffort(Effort.FULL);
    private static final String LONG_AGO = "TIMESTAMP '2020-01-01 00:00:00'";
    private static final String FAR_AHEAD = "TIMESTAMP '2036-01-01 00:00:00'";

    private static final Threshold HOLIDAY = new Threshold(1, 1);

    @TempDir
    Path directory;

    private static List<AlertKind> found(KeyRotation rotation, Check check) {
        return rotation.health().check().of(check).stream()
                .flatMap(finding -> finding.alert().stream())
                .toList();
    }

    private static HealthFinding only(KeyRotation rotation, Check check) {
        List<HealthFinding> findings = rotation.health().check().of(check);
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static boolean isOpen(KeyRotation rotation, AlertKind kind, AlertSubject subject) {
        return rotation.alerts().open(kind, subject).isPresent();
    }

    private static List<AlertKind> ofFirst(EmergencyStage stage) {
        List<AlertKind> found = stage.rotation.health().check().of(Check.KEY_AGE).stream()
                .filter(finding -> finding.subject().equals(AlertSubject.key(FIRST)))
                .flatMap(finding -> finding.alert().stream())
                .toList();
        assertThat(stage.rotation.alerts().open().stream()
                        .filter(alert -> alert.subject().equals(AlertSubject.key(FIRST)))
                        .map(Alert::kind))
                .as("open alerts")
                .isEqualTo(found);
        return found;
    }

    @EachDatabase
    void tellsHowOldAKeyIsUntilItIsRotated(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            Instant activated = stage.keys
                    .refresh()
                    .version(FIRST)
                    .orElseThrow()
                    .activated()
                    .orElseThrow();
            record Step(long hours, List<AlertKind> expected) {}
            long day = 24;
            for (Step step : List.of(
                    new Step(162 * day - 1, List.of()),
                    new Step(162 * day, List.of(AlertKind.KEY_DUE_SOON)),
                    new Step(180 * day - 1, List.of(AlertKind.KEY_DUE_SOON)),
                    new Step(180 * day, List.of()),
                    new Step(225 * day, List.of()),
                    new Step(225 * day + 1, List.of(AlertKind.KEY_AGE_HIGH)),
                    new Step(270 * day, List.of(AlertKind.KEY_AGE_HIGH)),
                    new Step(270 * day + 1, List.of(AlertKind.KEY_OVERDUE)))) {
                stage.clock.set(activated.plus(Duration.ofHours(step.hours())));
                assertThat(ofFirst(stage)).as("after %d hours", step.hours()).isEqualTo(step.expected());
            }
            Alert alert = stage.rotation
                    .alerts()
                    .open(AlertKind.KEY_OVERDUE, AlertSubject.key(FIRST))
                    .orElseThrow();
            assertThat(alert.evidence()).isEqualTo("150.0 % of its interval; well: at most 150.0 %");
            assertThat(stage.rotation.health().check().worst()).contains(AlertSeverity.CRITICAL);
            stage.rotation.rotate(DB, "ann", "overdue");
            assertThat(ofFirst(stage)).isEmpty();
        }
    }

    @Test
    void asksTheKekThoughAllKeysAreUnwrapped() {
        FaultyKek kek = new FaultyKek(new TestKek("hsm-7"));
        TestClock clock = TestClock.standing();
        ResealSettings settings = Databases.H2.fresh().settings(Map.of(ResealSettings.KEK, kek));
        try (KeyRegistry keys = ResealKeys.open(settings, clock);
                KeyRotation rotation = KeyRotation.open(settings, clock, engine -> clock)) {
            keys.ensureActive(DB);
            assertThat(only(rotation, Check.KEY_ENCRYPTION_KEY).alert()).isEmpty();
            AlertSubject subject = AlertSubject.kek("hsm-7");
            for (Runnable fault : List.<Runnable>of(kek::fail, kek::answerWrongly)) {
                fault.run();
                HealthFinding bad = only(rotation, Check.KEY_ENCRYPTION_KEY);
                assertThat(bad.alert()).contains(AlertKind.KEK_UNAVAILABLE);
                assertThat(bad.level()).contains(AlertSeverity.CRITICAL);
                assertThat(bad.subject()).isEqualTo(subject);
                assertThat(bad.observed()).contains("database_encryption version 1");
                assertThat(bad.remedy()).isPresent();
                assertThat(isOpen(rotation, AlertKind.KEK_UNAVAILABLE, subject)).isTrue();
                kek.recover();
                HealthFinding good = only(rotation, Check.KEY_ENCRYPTION_KEY);
                assertThat(good.alert()).isEmpty();
                assertThat(good.observed()).startsWith("it unwrapped database_encryption version 1 in ");
                assertThat(isOpen(rotation, AlertKind.KEK_UNAVAILABLE, subject)).isFalse();
            }
        }
    }

    @EachDatabase
    void tellsWhatIsWrongWithTheKeyStore(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            assertThat(only(stage.rotation, Check.KEY_STORE).observed()).startsWith("it answers, at generation ");
            stage.clock.goBack(Duration.ofHours(1));
            HealthFinding behind = only(stage.rotation, Check.KEY_STORE);
            assertThat(behind.alert()).contains(AlertKind.KEY_STORE_IMPAIRED);
            assertThat(behind.observed()).contains("The clock of this node says");
            assertThat(isOpen(stage.rotation, AlertKind.KEY_STORE_IMPAIRED, AlertSubject.keyStore()))
                    .isTrue();
            stage.clock.advance(Duration.ofHours(1));
            assertThat(only(stage.rotation, Check.KEY_STORE).alert()).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.KEY_STORE_IMPAIRED, AlertSubject.keyStore()))
                    .isFalse();

            stage.database.execute("UPDATE reseal_key SET kek_id = CONCAT('x', kek_id)");
            HealthFinding tampered = only(stage.rotation, Check.KEY_STORE);
            assertThat(tampered.alert()).contains(AlertKind.KEY_STORE_TAMPERED);
            assertThat(isOpen(stage.rotation, AlertKind.KEY_STORE_TAMPERED, AlertSubject.keyStore()))
                    .as("of that, nodes tell by themselves")
                    .isFalse();
            stage.database.execute("UPDATE reseal_key SET kek_id = SUBSTRING(kek_id, 2)");
            assertThat(only(stage.rotation, Check.KEY_STORE).alert()).isEmpty();

            stage.database.execute("ALTER TABLE reseal_keystore RENAME TO away");
            HealthFinding gone = only(stage.rotation, Check.KEY_STORE);
            assertThat(gone.alert()).contains(AlertKind.KEY_STORE_UNAVAILABLE);
            assertThat(gone.level()).contains(AlertSeverity.CRITICAL);
            stage.database.execute("ALTER TABLE away RENAME TO reseal_keystore");
            assertThat(only(stage.rotation, Check.KEY_STORE).alert()).isEmpty();
        }
    }

    @EachDatabase
    void tellsOfTasksThatDidNotBegin(Databases kind) throws Exception {
        AlertSubject task = AlertSubject.task("key_rotation_cleanup");
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            assertThat(stage.rotation.health().check().of(Check.SCHEDULER))
                    .as("no scheduler has ever run")
                    .isEmpty();
            RotationScheduler.open(stage.rotation, yearly()).start().close();
            assertThat(found(stage.rotation, Check.SCHEDULER)).isEmpty();
            assertThat(stage.rotation.health().check().of(Check.SCHEDULER)).hasSize(ScheduledTask.values().length - 1);

            begins(stage, Duration.ofMinutes(-4));
            assertThat(found(stage.rotation, Check.SCHEDULER)).isEmpty();
            begins(stage, Duration.ofMinutes(-6));
            assertThat(found(stage.rotation, Check.SCHEDULER)).containsExactly(AlertKind.TASK_NOT_DONE);
            assertThat(stage.rotation
                            .alerts()
                            .open(AlertKind.TASK_NOT_DONE, task)
                            .orElseThrow()
                            .evidence())
                    .startsWith("it was to begin at ");
            stage.database.execute(
                    "INSERT INTO reseal_scheduler_pause VALUES (1, 'ann', 'an audit', " + LONG_AGO + ")");
            assertThat(found(stage.rotation, Check.SCHEDULER)).as("paused").isEmpty();
            stage.database.execute("DELETE FROM reseal_scheduler_pause");
            assertThat(found(stage.rotation, Check.SCHEDULER)).containsExactly(AlertKind.TASK_NOT_DONE);
            trigger(stage, "trigger_state = 'BLOCKED'");
            assertThat(found(stage.rotation, Check.SCHEDULER)).as("under way").isEmpty();
            trigger(stage, "trigger_state = 'ERROR'");
            assertThat(found(stage.rotation, Check.SCHEDULER)).containsExactly(AlertKind.TASK_NOT_DONE);
            trigger(stage, "trigger_state = 'WAITING'");
            begins(stage, Duration.ofHours(1));
            assertThat(found(stage.rotation, Check.SCHEDULER)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.TASK_NOT_DONE, task)).isFalse();
        }
    }

    /** So that no task begins by itself. */
    private static Map<String, String> yearly() {
        return Stream.of(ScheduledTask.values())
                .collect(Collectors.toMap(
                        task -> SchedulerSettings.CRON + task.taskName(),
                        task -> task == ScheduledTask.KEY_ROTATION_ALERTS ? "off" : "0 0 0 1 1 ?"));
    }

    private static void begins(EmergencyStage stage, Duration fromNow) throws SQLException {
        trigger(stage, "next_fire_time = " + (System.currentTimeMillis() + fromNow.toMillis()));
    }

    private static void trigger(EmergencyStage stage, String change) throws SQLException {
        stage.database.execute(
                "UPDATE RESEAL_QRTZ_TRIGGERS SET " + change + " WHERE trigger_name = 'key_rotation_cleanup'");
    }

    @Test
    void tellsOfTheTaskOfEachMinuteByWhenItWasBegunLast() throws Exception {
        AlertSubject task = AlertSubject.task("key_rotation_alerts");
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler = RotationScheduler.open(stage.rotation, Map.of())) {
            stage.database.execute("DROP TABLE RESEAL_QRTZ_CRON_TRIGGERS"); // as with a host's scheduler
            scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS);
            stage.clock.advance(Duration.ofMinutes(5));
            assertThat(found(stage.rotation, Check.SCHEDULER)).isEmpty();
            stage.clock.advance(Duration.ofMinutes(2));
            assertThat(found(stage.rotation, Check.SCHEDULER)).containsExactly(AlertKind.TASK_NOT_DONE);
            assertThat(isOpen(stage.rotation, AlertKind.TASK_NOT_DONE, task)).isTrue();
            scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS);
            assertThat(found(stage.rotation, Check.SCHEDULER)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.TASK_NOT_DONE, task)).isFalse();
        }
    }

    @Test
    void tellsOfATaskThatFailedUntilItSucceeds() throws Exception {
        AlertSubject task = AlertSubject.task("automated_key_rotation_check");
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler = RotationScheduler.open(stage.rotation, Map.of())) {
            stage.database.execute("ALTER TABLE reseal_event RENAME TO away");
            assertThatThrownBy(() -> scheduler.run(ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK))
                    .isInstanceOf(RuntimeException.class);
            stage.database.execute("ALTER TABLE away RENAME TO reseal_event");
            assertThat(found(stage.rotation, Check.SCHEDULER)).containsExactly(AlertKind.TASK_NOT_DONE);
            assertThat(isOpen(stage.rotation, AlertKind.TASK_NOT_DONE, task)).isTrue();
            scheduler.run(ScheduledTask.AUTOMATED_KEY_ROTATION_CHECK);
            assertThat(scheduler.run(ScheduledTask.KEY_ROTATION_HEALTH_CHECK).summary())
                    .matches("(\\d+ (critical|warning|information), )*\\d+ well");
            assertThat(isOpen(stage.rotation, AlertKind.TASK_NOT_DONE, task)).isFalse();
        }
    }

    @EachDatabase
    void tellsOfRotationsThatWaitAndOfThoseThatNobodyWorksOn(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            EventId id =
                    stage.rotation.events().schedule(DB, true, "ann", "now").id();
            stage.database.execute("UPDATE reseal_event SET due_at = " + LONG_AGO);
            stage.clock.advance(Duration.ofHours(8));
            assertThat(found(stage.rotation, Check.ROTATION_EVENTS))
                    .as("long due, and asked for 8 hours ago")
                    .isEmpty();
            stage.clock.advance(Duration.ofSeconds(1));
            HealthFinding late = only(stage.rotation, Check.ROTATION_EVENTS);
            assertThat(late.alert()).contains(AlertKind.ROTATION_DELAYED);
            assertThat(late.observed()).startsWith(id + " is PENDING, and to be executed since ");
            assertThat(isOpen(stage.rotation, AlertKind.ROTATION_DELAYED, TYPE)).isTrue();

            stage.database.execute("UPDATE reseal_event SET state = 'RUNNING', lease_until = " + FAR_AHEAD);
            assertThat(found(stage.rotation, Check.ROTATION_EVENTS)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.ROTATION_DELAYED, TYPE)).isFalse();
            stage.database.execute("UPDATE reseal_event SET lease_until = " + LONG_AGO);
            assertThat(only(stage.rotation, Check.ROTATION_EVENTS).observed())
                    .isEqualTo(id + " is RUNNING, and no node has worked on it for 5 min");
            stage.rotation.events().pause(id, "ann", "later");
            assertThat(found(stage.rotation, Check.ROTATION_EVENTS)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.ROTATION_DELAYED, TYPE)).isFalse();
        }
    }

    @EachDatabase
    void tellsOfAReencryptionThatNobodyGoesOnWith(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            stage.rotation.rotate(DB, "ann", "test");
            stage.database.execute("UPDATE \"note\" SET \"body\" = '" + FIRST.textPrefix() + "AAAA' WHERE \"id\" = 3");
            try (Reencryption run = stage.rotation.reencrypt(DB, QUICKLY)) {
                run.await(Duration.ofSeconds(60));
            }
            HealthFinding left = only(stage.rotation, Check.QUARANTINE);
            assertThat(left.alert()).contains(AlertKind.VALUES_QUARANTINED);
            assertThat(left.observed()).isEqualTo("values left: 1 of note.body");
            assertThat(left.subject()).isEqualTo(TYPE);
            assertThat(isOpen(stage.rotation, AlertKind.VALUES_QUARANTINED, TYPE))
                    .isTrue();
            stage.database.execute("ALTER TABLE reseal_quarantine RENAME TO away");
            assertThat(found(stage.rotation, Check.QUARANTINE)).containsExactly(AlertKind.HEALTH_UNKNOWN);
            assertThat(isOpen(stage.rotation, AlertKind.VALUES_QUARANTINED, TYPE))
                    .as("nothing is over because it was not looked at")
                    .isTrue();
            Alert unknown = stage.rotation
                    .alerts()
                    .open(AlertKind.HEALTH_UNKNOWN, AlertSubject.check(Check.QUARANTINE))
                    .orElseThrow();
            assertThat(unknown.evidence())
                    .as("names what was thrown, and quotes nothing")
                    .startsWith("it could not be looked at: org.jdbi.")
                    .doesNotContain("reseal_quarantine");
            stage.database.execute("ALTER TABLE away RENAME TO reseal_quarantine");

            stage.database.execute("UPDATE \"note\" SET \"body\" = NULL WHERE \"id\" = 3");
            try (Reencryption run = stage.rotation.reencrypt(DB, QUICKLY)) {
                run.await(Duration.ofSeconds(60));
            }
            assertThat(only(stage.rotation, Check.QUARANTINE).alert()).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.VALUES_QUARANTINED, TYPE))
                    .isFalse();
            assertThat(isOpen(stage.rotation, AlertKind.HEALTH_UNKNOWN, AlertSubject.check(Check.QUARANTINE)))
                    .isFalse();
            assertThat(stage.rotation.health().check().of(Check.REENCRYPTION)).isEmpty();

            stage.database.execute(
                    "UPDATE reseal_run SET state = 'RUNNING', open_for = key_type, finished_at = NULL WHERE id = 2");
            assertThat(found(stage.rotation, Check.REENCRYPTION)).isEmpty();
            stage.database.execute("UPDATE reseal_range SET ready_at = " + LONG_AGO);
            HealthFinding stalled = only(stage.rotation, Check.REENCRYPTION);
            assertThat(stalled.alert()).contains(AlertKind.REENCRYPTION_STALLED);
            assertThat(stalled.observed()).startsWith("run 2: nobody has worked on it since 20");
            assertThat(isOpen(stage.rotation, AlertKind.REENCRYPTION_STALLED, TYPE))
                    .isTrue();
            stage.database.execute("UPDATE reseal_range SET state = 'LEASED', lease_until = " + FAR_AHEAD);
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert()).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.REENCRYPTION_STALLED, TYPE))
                    .isFalse();
            stage.database.execute("UPDATE reseal_range SET lease_until = " + LONG_AGO);
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert())
                    .as("the leases of a node that was killed")
                    .contains(AlertKind.REENCRYPTION_STALLED);
            stage.database.execute("UPDATE reseal_range SET state = 'READY', lease_until = NULL");
            stage.database.execute(pace("one", 14_400));
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert())
                    .as("4 hours")
                    .isEmpty();
            stage.database.execute("UPDATE reseal_pace SET held_back_seconds = 14401");
            HealthFinding held = only(stage.rotation, Check.REENCRYPTION);
            assertThat(held.alert()).contains(AlertKind.REENCRYPTION_HELD_BACK);
            assertThat(held.observed()).isEqualTo("run 2: hardly working for PT4H1S, because of REPLICATION_LAG: 9 s");
            assertThat(isOpen(stage.rotation, AlertKind.REENCRYPTION_HELD_BACK, TYPE))
                    .isTrue();
            stage.database.execute(pace("two", 0));
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert())
                    .as("another node gets on")
                    .isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.REENCRYPTION_HELD_BACK, TYPE))
                    .isFalse();
            stage.database.execute("UPDATE reseal_pace SET reported_at = " + LONG_AGO);
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert()).contains(AlertKind.REENCRYPTION_STALLED);
            stage.database.execute("UPDATE reseal_run SET state = 'FAILED', failure = 'disk full' WHERE id = 2");
            assertThat(only(stage.rotation, Check.REENCRYPTION).observed())
                    .isEqualTo("run 2: it has failed: disk full");
            stage.database.execute("UPDATE reseal_run SET state = 'PAUSED' WHERE id = 2");
            assertThat(only(stage.rotation, Check.REENCRYPTION).alert()).isEmpty();
        }
    }

    private static String pace(String node, long heldBack) {
        return "INSERT INTO reseal_pace (run_id, node, state, reason, duty, rows_per_second, held_back_seconds, reported_at)"
                + " VALUES (2, '" + node + "', 'STOPPED', 'REPLICATION_LAG: 9 s', 0, 0, " + heldBack + ", " + FAR_AHEAD
                + ")";
    }

    @EachDatabase
    void tellsOfNodesThatHaveLostTheirLeases(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            String present = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            stage.database.execute("INSERT INTO reseal_node (node_id, name, started_at, renewed_at, lease_until,"
                    + " acknowledged, evicted) VALUES ('dead', '7@far', " + present + ", " + present + ", " + present
                    + " - INTERVAL '1' HOUR, 1, FALSE)");
            assertThat(only(stage.rotation, Check.NODES).observed())
                    .contains(" nodes have lost theirs: ")
                    .contains("7@far (until ");
            assertThat(isOpen(stage.rotation, AlertKind.NODES_LAPSED, AlertSubject.keyStore()))
                    .isTrue();
            stage.database.execute("UPDATE reseal_node SET evicted = TRUE WHERE node_id = 'dead'");
            assertThat(only(stage.rotation, Check.NODES).observed())
                    .as("somebody has seen to it")
                    .doesNotContain("7@far");
            stage.database.execute("UPDATE reseal_node SET evicted = FALSE WHERE node_id = 'dead'");
            stage.database.execute("UPDATE reseal_node SET lease_until = " + present
                    + " - INTERVAL '1' SECOND WHERE node_id = 'dead'");
            assertThat(only(stage.rotation, Check.NODES).observed())
                    .as("it may stand still for a moment")
                    .doesNotContain("7@far");
            assertThat(isOpen(stage.rotation, AlertKind.NODES_LAPSED, AlertSubject.keyStore()))
                    .isFalse();
        }
    }

    @Test
    void reportsThoughTheDatabaseDoesNotAnswer() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.database.execute("ALTER TABLE reseal_alert RENAME TO away");
            HealthReport report = stage.rotation.health().check();
            assertThat(report.of(Check.KEY_AGE)).isNotEmpty();
            stage.database.execute("ALTER TABLE reseal_keystore RENAME TO away_as_well");
            assertThat(stage.rotation.health().check().worst()).isEqualTo(Optional.of(AlertSeverity.CRITICAL));
            stage.database.execute("ALTER TABLE away_as_well RENAME TO reseal_keystore");
            stage.database.execute("ALTER TABLE away RENAME TO reseal_alert");
        }
    }

    @Test
    void aNodeTellsOthersWhatHoldsItBack() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.rotation.rotate(DB, "ann", "test");
            ReencryptionOptions stopped = ReencryptionOptions.defaults()
                    .withLease(Duration.ofSeconds(4))
                    .withPace(ReencryptionOptions.defaults()
                            .pace()
                            .withHook(new PaceHook.Query("holiday", "SELECT 2", HOLIDAY)));
            try (Reencryption run = stage.rotation.reencrypt(DB, stopped)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() ->
                                stage
                                        .database
                                        .query("SELECT reason FROM reseal_pace WHERE held_back_seconds > 0")
                                        .stream()
                                        .anyMatch(because -> because.contains("holiday")));
                assertThat(only(stage.rotation, Check.REENCRYPTION).observed()).startsWith("run 1: 1 nodes work on it");
                assertThat(stage.rotation.health().notLive()).isEmpty();
                assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
            }
        }
    }

    @EachDatabase
    void findsSealedValuesWhereNoMappingDeclaresThem(Databases kind) throws Exception {
        String binary = kind == Databases.POSTGRESQL ? "bytea" : "varbinary(200)";
        AlertSubject text = AlertSubject.column("copied.note_text");
        AlertSubject bytes = AlertSubject.column("copied.note_bytes");
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            assertThat(only(stage.rotation, Check.UNDECLARED_CIPHERTEXT).alert())
                    .isEmpty();
            stage.database.execute("CREATE TABLE \"copied\" (\"id\" bigint PRIMARY KEY, \"note_text\" varchar(500),"
                    + " \"note_bytes\" " + binary + ", \"other\" varchar(500))");
            stage.database.execute("INSERT INTO \"copied\" SELECT \"id\", NULL, NULL, 'rs:db:99:AAAA' FROM \"note\"");
            assertThat(only(stage.rotation, Check.UNDECLARED_CIPHERTEXT).observed())
                    .as("a key that there never was")
                    .startsWith("looked at 200 rows at most of 3 of 3 ");

            stage.database.execute("UPDATE \"copied\" SET \"note_text\" ="
                    + " (SELECT \"body\" FROM \"note\" WHERE \"note\".\"id\" = \"copied\".\"id\")");
            write(stage, stage.cipher.seal(DB, new byte[] {1, 2, 3}));
            assertThat(found(stage.rotation, Check.UNDECLARED_CIPHERTEXT))
                    .containsExactly(AlertKind.UNDECLARED_CIPHERTEXT, AlertKind.UNDECLARED_CIPHERTEXT);
            Alert alert = stage.rotation
                    .alerts()
                    .open(AlertKind.UNDECLARED_CIPHERTEXT, text)
                    .orElseThrow();
            assertThat(alert.evidence())
                    .startsWith(
                            "30 of at most 200 sampled values begin as if they were sealed under database_encryption"
                                    + " version 1");
            assertThat(isOpen(stage.rotation, AlertKind.UNDECLARED_CIPHERTEXT, bytes))
                    .isTrue();

            stage.record(new SealedColumn(
                    Optional.empty(), "copied", "note_text", StorageForm.TEXT, DB, "note.body", List.of("id"), true));
            assertThat(found(stage.rotation, Check.UNDECLARED_CIPHERTEXT))
                    .containsExactly(AlertKind.UNDECLARED_CIPHERTEXT);
            assertThat(isOpen(stage.rotation, AlertKind.UNDECLARED_CIPHERTEXT, text))
                    .isFalse();
            stage.database.execute("UPDATE \"copied\" SET \"note_bytes\" = NULL");
            assertThat(found(stage.rotation, Check.UNDECLARED_CIPHERTEXT)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.UNDECLARED_CIPHERTEXT, bytes))
                    .isFalse();
        }
    }

    private static void write(EmergencyStage stage, byte[] sealed) throws SQLException {
        try (Connection connection = stage.database.connect();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE \"copied\" SET \"note_bytes\" = ? WHERE \"id\" = 7")) {
            update.setBytes(1, sealed);
            update.execute();
        }
    }

    @Test
    void aTableThatSomebodyHoldsIsNotWaitedForAndNothingAboutItIsOver() throws Exception {
        AlertSubject text = AlertSubject.column("copied.body");
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.database.execute("CREATE TABLE \"copied\" AS SELECT * FROM \"note\"");
            assertThat(found(stage.rotation, Check.UNDECLARED_CIPHERTEXT)).hasSize(2);
            try (Connection blocker = stage.database.connect();
                    Statement lock = blocker.createStatement()) {
                blocker.setAutoCommit(false);
                lock.execute("LOCK TABLE \"copied\" IN ACCESS EXCLUSIVE MODE");
                HealthFinding bound = only(stage.rotation, Check.UNDECLARED_CIPHERTEXT);
                assertThat(bound.observed()).contains("1 tables could not be read, or not in time: copied");
                assertThat(isOpen(stage.rotation, AlertKind.UNDECLARED_CIPHERTEXT, text))
                        .isTrue();
                blocker.rollback();
            }
            stage.database.execute("DROP TABLE \"copied\"");
            assertThat(found(stage.rotation, Check.UNDECLARED_CIPHERTEXT)).isEmpty();
            assertThat(isOpen(stage.rotation, AlertKind.UNDECLARED_CIPHERTEXT, text))
                    .isFalse();
        }
    }
}
