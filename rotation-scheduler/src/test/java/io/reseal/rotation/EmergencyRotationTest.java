package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.DB;
import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static io.reseal.rotation.EmergencyStage.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmergencyRotationTest {

    private static final KeyId SECOND = new KeyId(DB, 2);

    @TempDir
    Path directory;

    @EachDatabase
    void replacesTheActiveVersionAndReencryptsEverythingUnderIt(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            String value = stage.database
                    .query("SELECT \"body\" FROM \"note\" WHERE \"id\" = 7")
                    .get(0);

            Incident incident = stage.emergency();

            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
            assertThat(incident.response().successor()).contains(SECOND);
            assertThat(incident.response().affected().orElseThrow().rows()).isEqualTo(ROWS);
            assertThat(incident.response().affected().orElseThrow().tables())
                    .flatExtracting(AffectedTable::columns)
                    .containsExactly(new AffectedColumn("body", ROWS), new AffectedColumn("title", ROWS / 2));
            assertThat(stage.cipher.openText(value)).isEqualTo("body 7".getBytes(StandardCharsets.UTF_8));
            Incident proved = stage.proved(FIRST);
            assertThat(stage.underFirst()).isZero();
            assertThat(proved.steps(stage.clock.instant()))
                    .filteredOn(step -> !step.step().isForPeople())
                    .extracting(StepReport::standing)
                    .containsOnly(StepReport.Standing.DONE_IN_TIME);
        }
    }

    /** What is to be acknowledged keeps no key in use, and nobody waiting; it is answered by calling again. */
    @Test
    void aRefusalIsNotedInTheIncidentAndAnsweredByTheNextCall() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.database.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                    + " CREATE TRIGGER touch BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION f()");
            EmergencyRotation emergency = stage.rotation.emergency();
            Incident called = emergency.rotate(DB, People.ANN, "key found in a log");
            assertThat(called.effectiveAfter()).isPresent();
            assertThat(called.done(IncidentStep.RAISE_ALERT)).isPresent();
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);

            assertThatThrownBy(() -> stage.done(called))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("UPDATE_TRIGGER:note");
            Incident refused = stage.incident(FIRST);
            assertThat(refused.response().affected().orElseThrow().rows()).isEqualTo(ROWS);
            assertThat(refused.timeline())
                    .extracting(IncidentEntry::text)
                    .anyMatch(text -> text.contains("refused") && text.contains("UPDATE_TRIGGER:note"));
            assertThat(stage.rotation.incidents().report(FIRST).missing())
                    .anyMatch(text -> text.contains("has not begun"));

            Set<String> acknowledged = Set.of("UPDATE_TRIGGER:note");
            stage.done(emergency.replace(
                    FIRST, People.ANN, "known", EmergencyRotation.TOP_PRIORITY.withAcknowledged(acknowledged)));
            stage.proved(FIRST);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @Test
    void whoeverCallsAgainJoinsAndNoSecondVersionIsReplaced() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            CompletableFuture<Incident> ann = CompletableFuture.supplyAsync(stage::emergency);
            CompletableFuture<Incident> bob = CompletableFuture.supplyAsync(
                    () -> stage.rotation.emergency().rotate(DB, People.BOB, "Ann called me"));
            assertThat(Stream.of(ann.get(), bob.get(), stage.emergency()).map(Incident::key))
                    .containsOnly(FIRST);
            assertThat(stage.keys.refresh().active(DB).map(KeyVersion::id)).contains(SECOND);
            assertThat(stage.rotation.incidents().all()).hasSize(1);

            stage.clock.advance(Duration.ofMinutes(16));
            assertThat(stage.emergency().key()).isEqualTo(SECOND);
        }
    }

    @Test
    void anOlderVersionIsMarkedAndReencryptedAndTheActiveOneStays() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.rotate(DB, "someone", "routine");
            stage.database.execute("UPDATE \"note\" SET \"body\" = '" + stage.seal("new") + "', \"title\" = NULL"
                    + " WHERE \"id\" <= 10");

            Incident incident = stage.replaced(FIRST);

            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.ACTIVE);
            assertThat(stage.keys.refresh().versions(DB)).hasSize(2);
            assertThat(incident.response().affected().orElseThrow().rows()).isEqualTo(ROWS - 10);
            stage.proved(FIRST);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @Test
    void aSuspendedVersionStaysShut() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.rotate(DB, "someone", "routine");
            stage.keys.lifecycle().suspend(FIRST, "someone", "suspicion");
            Incident incident = stage.replaced(FIRST);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            assertThat(incident.response().affected().orElseThrow().rows()).isEqualTo(ROWS);
            assertThat(incident.timeline())
                    .extracting(IncidentEntry::text)
                    .anyMatch(text -> text.contains("SUSPENDED"));
            assertThat(incident.response().run()).isEmpty();
        }
    }

    @Test
    void otherRunsWaitUntilThisOneIsOver() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.rotation.rotate(TOKEN, "someone", "routine");
            Reencryption other = stage.rotation.reencrypt(
                    TOKEN, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            try (var blocker = stage.database.connect()) {
                blocker.setAutoCommit(false);
                blocker.createStatement().execute("LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
                Incident incident = stage.emergency();
                assertThat(incident.response().paused()).containsExactly(other.id());
                assertThat(other.progress().state()).isEqualTo(RunState.PAUSED);
                blocker.rollback();
            }
            stage.proved(FIRST);
            assertThat(other.progress().state()).isEqualTo(RunState.RUNNING);
            assertThat(stage.rotation
                            .incidents()
                            .find(FIRST)
                            .orElseThrow()
                            .response()
                            .paused())
                    .isEmpty();
        }
    }

    @Test
    void whereNothingCanBeReencryptedTheIncidentSaysSoAndCanBeClosed() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.keys
                    .records()
                    .put(
                            new ProtectedRecord(
                                    "mapped-columns", "note", "{\"schema\":\"\",\"table\":\"note\",\"columns\":[]}"),
                            new AuditEntry("test", "unmap", "nothing is sealed"));
            Incident incident = stage.emergency();
            assertThat(incident.response().run()).isEmpty();
            assertThat(stage.rotation.incidents().report(FIRST).missing()).isEmpty();
        }
    }

    @Test
    void refusesWhatCannotBeCompromised() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            ReencryptionOptions options = EmergencyRotation.TOP_PRIORITY;
            assertThatThrownBy(() -> emergency.replace(new KeyId(DB, 9), People.ANN, "?", options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds no key");
            assertThatThrownBy(() -> emergency.rotate(DB, People.ANN, " "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("reason");
            stage.keys.lifecycle().createSuccessor(DB, "someone", "test");
            stage.keys.lifecycle().destroy(SECOND, "someone", "test");
            assertThatThrownBy(() -> emergency.replace(SECOND, People.ANN, "?", options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("destroyed");
            assertThat(stage.rotation.incidents().all()).isEmpty();
        }
    }

    @Test
    void anIncidentSurvivesItsStorage() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            stage.rotation
                    .incidents()
                    .notified(
                            FIRST,
                            new Notification(
                                    Notification.Audience.SECURITY, "on-call", "telephone", stage.clock.instant()),
                            People.ANN);
            Incident incident = stage.proved(FIRST);
            assertThat(IncidentRecord.read(IncidentRecord.of(incident), stage.keys.types()))
                    .isEqualTo(incident);
            assertThat(Optional.of(incident))
                    .isEqualTo(stage.rotation.incidents().find(FIRST));
            assertThat(List.of(incident.id())).containsExactly("database_encryption/1");
        }
    }
}
