package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.DB;
import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static io.reseal.rotation.EmergencyStage.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.NodesBehindException;
import io.reseal.StorageForm;
import io.reseal.database.SealedColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which key a call means, and that neither a lock nor another emergency keeps it from leaving use. */
class EmergencyUnderDifficultiesTest {

    private static final KeyId SECOND = new KeyId(DB, 2);
    private static final KeyId TOKENS = new KeyId(TOKEN, 1);
    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void theActiveKeyIsMeantThoughAnOlderOneIsBeingReplaced() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.rotate(DB, "someone", "routine");
            stage.clock.advance(Duration.ofMinutes(1));
            stage.replaced(FIRST);
            stage.clock.advance(Duration.ofMinutes(5));
            assertThat(stage.emergency().key()).isEqualTo(SECOND);
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.COMPROMISED);
        }
    }

    @Test
    void theActiveKeyIsMeantThoughAnEarlierCallNeverTookEffect() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            open(stage, FIRST);
            stage.rotation.rotate(DB, "someone", "routine");
            stage.clock.advance(Duration.ofDays(90));
            assertThat(stage.emergency().key()).isEqualTo(SECOND);
        }
    }

    @Test
    void aCallThatWasCutOffBeforeItReencryptedIsGoneOnWithHoweverLate() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            open(stage, FIRST);
            takeOutOfUse(stage);
            stage.clock.advance(Duration.ofMinutes(16));
            Incident incident = stage.emergency();
            assertThat(incident.key()).isEqualTo(FIRST);
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.ACTIVE);
            assertThat(incident.response().affected().orElseThrow().rows()).isEqualTo(ROWS);
        }
    }

    @Test
    void twoEmergenciesAtOnceDoNotHoldEachOther() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            stage.database.execute("CREATE TABLE token (id bigint PRIMARY KEY, body varchar(500))");
            stage.record(new SealedColumn(
                    Optional.empty(), "token", "body", StorageForm.TEXT, TOKEN, "note.body", List.of("id"), true));
            stage.database.execute(
                    "INSERT INTO token VALUES (1, '" + stage.cipher.sealText(TOKEN, new byte[] {1}) + "')");
            lock(blocker, "LOCK TABLE note, token IN SHARE MODE"); // reads go on, writes wait
            stage.emergency();
            stage.done(stage.rotation.emergency().rotate(TOKEN, People.BOB, "all keys were on that disk"));
            stage.replaced(FIRST);
            assertThat(stage.database.query("SELECT state FROM reseal_run")).containsExactly("RUNNING", "RUNNING");
            blocker.rollback();
            stage.proved(FIRST);
            stage.proved(TOKENS);
        }
    }

    @Test
    void aLockedAlertTableKeepsNoKeyInUseAndTheAlertIsRaisedLater() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            lock(blocker, "LOCK TABLE reseal_alert IN ACCESS EXCLUSIVE MODE");
            Incident incident = stage.emergency();
            blocker.rollback();
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
            assertThat(incident.done(IncidentStep.RAISE_ALERT)).isEmpty();
            assertThat(incident.done(IncidentStep.START_REENCRYPTION)).isPresent();
            assertThat(stage.rotation.incidents().follow(FIRST).done(IncidentStep.RAISE_ALERT))
                    .isPresent();
            assertThat(stage.rotation.alerts().open())
                    .extracting(Alert::kind)
                    .containsExactly(AlertKind.EMERGENCY_ROTATION);
        }
    }

    @Test
    void aLockedRunKeepsNoKeyInUse() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            stage.rotation.rotate(DB, "someone", "routine");
            Reencryption routine =
                    stage.rotation.reencrypt(DB, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            routine.close();
            lock(blocker, "SELECT id FROM reseal_run FOR UPDATE");
            stage.rotation.emergency().rotate(DB, People.ANN, "key found in a log");
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.COMPROMISED);
            Awaitility.await().atMost(LONG).until(() -> counted(stage, SECOND));
            blocker.rollback();
            assertThat(stage.emergency().response().run()).contains(routine.id());
        }
    }

    private static boolean counted(EmergencyStage stage, KeyId key) {
        return stage.rotation
                .incidents()
                .find(key)
                .flatMap(incident -> incident.response().affected())
                .isPresent();
    }

    /** Its workers learn of the rotation soon, and would hide what is to be counted. */
    @Test
    void anOpenRunOfTheKeyTypeIsHeldFromTheRotationUntilTheCount() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.rotation.reencrypt(DB, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            watch(stage);
            stage.emergency();
            stage.proved(FIRST);
            assertThat(story(stage)).startsWith("PAUSED", "ROTATE_KEY", "COUNT_AFFECTED", "RUNNING");
        }
    }

    @Test
    void anOpenRunOfTheKeyTypeIsHeldUntilTheCountAlsoAfterACrash() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.rotation.reencrypt(DB, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            open(stage, FIRST);
            takeOutOfUse(stage);
            watch(stage);
            stage.emergency();
            stage.proved(FIRST);
            assertThat(story(stage)).startsWith("ROTATE_KEY", "PAUSED", "COUNT_AFFECTED", "RUNNING");
        }
    }

    /** From now on, what runs and incidents come to is kept in its order. */
    private static void watch(EmergencyStage stage) throws SQLException {
        stage.database.execute("CREATE TABLE story (id serial, line text);"
                + " CREATE FUNCTION tell_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO story (line) VALUES (NEW.state); RETURN NULL; END $$;"
                + " CREATE FUNCTION tell_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO story (line) VALUES (split_part(NEW.detail, ': ', 2)); RETURN NULL; END $$;"
                + " CREATE TRIGGER told AFTER UPDATE ON reseal_run FOR EACH ROW"
                + " WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION tell_run();"
                + " CREATE TRIGGER told AFTER INSERT ON reseal_audit FOR EACH ROW"
                + " WHEN (NEW.action = 'incident-step') EXECUTE FUNCTION tell_step()");
    }

    private static List<String> story(EmergencyStage stage) throws SQLException {
        return stage.database.query("SELECT line FROM story WHERE line IN"
                + " ('PAUSED', 'RUNNING', 'ROTATE_KEY', 'COUNT_AFFECTED') ORDER BY id");
    }

    @Test
    void aTableThatIsLockedIsNamedAndTheOthersAreReencrypted() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            stage.database.execute("CREATE TABLE locked (id bigint PRIMARY KEY, body varchar(500))");
            stage.record(new SealedColumn(
                    Optional.empty(), "locked", "body", StorageForm.TEXT, DB, "note.body", List.of("id"), true));
            lock(blocker, "LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
            Incident called = stage.rotation.emergency().rotate(DB, People.ANN, "key found in a log");
            Awaitility.await().atMost(LONG).until(() -> counted(stage, FIRST));
            blocker.rollback();
            assertThat(called.effectiveAfter()).isPresent();
            Affected affected = stage.emergency().response().affected().orElseThrow();
            assertThat(affected.rows()).isEqualTo(ROWS);
            assertThat(affected.toString()).contains("1 table not counted");
            stage.proved(FIRST);
        }
    }

    @Test
    void whatWasBlockedFirstIsMarkedLater() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            emergency.suspend(emergency.suspension(FIRST), People.ANN, "values are being forged");
            stage.replaced(FIRST);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            assertThat(stage.rotation.incidents().report(FIRST).missing()).anyMatch(line -> line.contains("SUSPENDED"));
            stage.keys.lifecycle().liftSuspension(FIRST, "two people", "the forger is out");
            assertThat(stage.rotation.incidents().report(FIRST).missing())
                    .anyMatch(line -> line.contains("DEACTIVATED"));
            stage.replaced(FIRST);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
            stage.proved(FIRST);
        }
    }

    /** It is held so that it hides nothing from the count, and has other keys to see to. */
    @Test
    void theRunOfTheKeyTypeGoesOnWhereNothingUnderTheKeyOpens() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            stage.rotation.rotate(DB, "ann", "scheduled");
            lock(blocker, "LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            try (Reencryption run = stage.rotation.reencrypt(DB)) {
                EmergencyRotation emergency = stage.rotation.emergency();
                emergency.suspend(emergency.suspension(FIRST), People.ANN, "values are being forged");
                stage.replaced(FIRST);
                assertThat(stage.incident(FIRST).done(IncidentStep.COUNT_AFFECTED))
                        .isPresent();
                assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
                blocker.rollback();
            }
        }
    }

    @Test
    void anIncidentOfAKeyTypeOrReleaseThatIsNotKnownHereHoldsUpNoOther() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.keys
                    .records()
                    .put(
                            new ProtectedRecord("incident", "elsewhere/1", "{\"keyType\":\"elsewhere\",\"version\":1}"),
                            new AuditEntry("someone", "open-incident", "why", "elsewhere/1"));
            assertThat(stage.emergency().key()).isEqualTo(FIRST);
            assertThat(stage.rotation.incidents().all())
                    .extracting(Incident::key)
                    .containsExactly(FIRST);
            stage.proved(FIRST);
        }
    }

    @Test
    void whoeverCallsAgainIsOnRecordWithTheirReason() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Incident incident = stage.done(stage.rotation.emergency().rotate(DB, People.BOB, "a second finding"));
            assertThat(incident.timeline())
                    .extracting(IncidentEntry::text)
                    .anyMatch(text -> text.contains(People.BOB.toString()) && text.contains("a second finding"));
        }
    }

    @Test
    void whoeverCallsAgainAddsNoWorkers() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            lock(blocker, "LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            stage.emergency();
            long before = workers(stage);
            stage.emergency();
            stage.emergency();
            assertThat(workers(stage)).isPositive().isLessThanOrEqualTo(before);
            blocker.rollback();
            stage.proved(FIRST);
        }
    }

    private static long workers(EmergencyStage stage) {
        long run = stage.rotation
                .incidents()
                .find(FIRST)
                .orElseThrow()
                .response()
                .run()
                .orElseThrow()
                .value();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> thread.getName().startsWith("reseal-worker-" + run + "-"))
                .count();
    }

    @Test
    void aRunThatACrashedCallBeganIsFoundAgain() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            open(stage, FIRST);
            takeOutOfUse(stage);
            Affected affected = stage.rotation.emergency().affected(FIRST);
            stage.rotation
                    .incidents()
                    .store()
                    .change(FIRST, incident -> incident.with(incident.response().counted(affected)), entry());
            stage.rotation.reencrypt(DB, EmergencyRotation.TOP_PRIORITY).await(LONG);
            Incident incident = stage.proved(FIRST);
            assertThat(incident.done(IncidentStep.START_REENCRYPTION)).isPresent();
            assertThat(incident.done(IncidentStep.COMPLETE_REENCRYPTION)).isPresent();
            assertThat(incident.done(IncidentStep.CHECK_INTEGRITY)).isPresent();
        }
    }

    private static void takeOutOfUse(EmergencyStage stage) {
        stage.keys.lifecycle().createSuccessor(DB, "someone", "why");
        Awaitility.await()
                .atMost(LONG)
                .ignoreException(NodesBehindException.class)
                .until(() -> {
                    stage.keys.lifecycle().takeOutOfUse(FIRST, KeyState.COMPROMISED, "someone", "why");
                    return true;
                });
    }

    /** As far as a process came that was killed at once. */
    private static void open(EmergencyStage stage, KeyId key) {
        stage.rotation.incidents().store().open(key, new Custody.Wish("someone", "why"), People.ANN);
    }

    private static AuditEntry entry() {
        return new AuditEntry("someone", "incident-step", "why", "counted");
    }

    private static void lock(Connection blocker, String sql) throws SQLException {
        blocker.setAutoCommit(false);
        blocker.createStatement().execute(sql);
    }
}
