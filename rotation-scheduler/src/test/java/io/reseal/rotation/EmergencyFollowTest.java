package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.DB;
import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static io.reseal.rotation.EmergencyStage.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyState;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that nobody calls go on with what those have left that crashed. */
class EmergencyFollowTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Map<String, String> QUICK = Map.of(ResealSettings.FOLLOW, "PT0.1S");

    @TempDir
    Path directory;

    @EachDatabase
    void nodesDoWhatACallHasLeftThatWasCutOffAtOnce(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            stage.rotation.incidents().store().open(FIRST, new Custody.Wish("someone", "why"), People.ANN);
            try (KeyRotation one = stage.open(QUICK);
                    KeyRotation other = stage.open(QUICK)) {
                Incident incident = settled(stage);
                assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
                assertThat(stage.underFirst()).isZero();
                assertThat(incident.response().affected().orElseThrow().rows()).isEqualTo(ROWS);
                assertThat(incident.steps(stage.clock.instant()))
                        .filteredOn(step -> !step.step().isForPeople())
                        .extracting(StepReport::standing)
                        .containsOnly(StepReport.Standing.DONE_IN_TIME);
                assertThat(incident.timeline()).extracting(IncidentEntry::actor).containsOnly(People.ANN.toString());
                assertThat(stage.database.query("SELECT id FROM reseal_run")).hasSize(1);
                assertThat(one.incidents().all()).isEqualTo(other.incidents().all());
            }
        }
    }

    @Test
    void whatAnotherNodeGoesOnWithIsLeftToItUntilItLeaves() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.incidents().store().open(FIRST, new Custody.Wish("someone", "why"), People.ANN);
            stage.database.execute("INSERT INTO reseal_incident_claim (incident, holder, claimed_until)"
                    + " VALUES ('database_encryption/1', 'another', CURRENT_TIMESTAMP + INTERVAL '25' SECOND)");
            try (KeyRotation node = stage.open(QUICK)) {
                Awaitility.await()
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> stage.state(FIRST) == KeyState.ACTIVE);
                stage.database.execute("DELETE FROM reseal_incident_claim");
                settled(stage);
                assertThat(node.incidents().all()).hasSize(1);
            }
            assertThat(stage.database.query("SELECT holder FROM reseal_incident_claim"))
                    .as("a node that leaves lets others go on at once")
                    .isEmpty();
        }
    }

    @Test
    void aNodeGoesOnWithARunThatNobodyWorksOnAndLetsOthersGoOnAfterIt() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            stage.rotation.rotate(TOKEN, "someone", "routine");
            Reencryption other = stage.rotation.reencrypt(
                    TOKEN, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            assertThat(stage.emergency().response().paused()).containsExactly(other.id());
            CompletableFuture<Void> closing = CompletableFuture.runAsync(stage.rotation::close);
            blocker.rollback(); // workers leave once the batch in hand is written
            closing.get(LONG.toSeconds(), TimeUnit.SECONDS);
            try (KeyRotation node = stage.open(QUICK)) {
                Incident incident = settled(stage);
                assertThat(incident.done(IncidentStep.COMPLETE_REENCRYPTION)).isPresent();
                assertThat(incident.response().paused()).isEmpty();
                assertThat(node.alerts().open()).extracting(Alert::kind).contains(AlertKind.EMERGENCY_ROTATION);
            }
            assertThat(stage.database.query("SELECT state FROM reseal_run WHERE key_type = 'token_encryption'"))
                    .containsExactly("RUNNING");
        }
    }

    @Test
    void aReencryptionThatSomebodyPausedStaysSo() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            stage.emergency();
            try (Reencryption run = stage.rotation.reencrypt(DB)) {
                run.pause();
                blocker.rollback();
                stage.database.execute("DELETE FROM reseal_incident_claim"); // as if a lease had passed
                try (KeyRotation node = stage.open(QUICK)) {
                    Awaitility.await()
                            .during(Duration.ofSeconds(2))
                            .atMost(Duration.ofSeconds(20))
                            .until(() -> run.progress().state() == RunState.PAUSED);
                    assertThat(node.incidents().all()).hasSize(1);
                    run.resume();
                    settled(stage);
                }
            }
        }
    }

    /** It is for two people to lift the suspension; what they have been told is on record then happens without a further call. */
    @Test
    void aKeyWhoseSuspensionIsLiftedIsMarkedAndReencrypted() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory, QUICK)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            emergency.suspend(emergency.suspension(FIRST), People.ANN, "values are being forged");
            stage.replaced(FIRST);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            stage.keys.lifecycle().liftSuspension(FIRST, "two people", "the forger is out");
            settled(stage);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.COMPROMISED);
        }
    }

    /** Without a call: what is read here is what nodes have written. */
    private static Incident settled(EmergencyStage stage) {
        return Awaitility.await()
                .atMost(LONG)
                .until(
                        () -> stage.incident(FIRST),
                        incident -> !incident.isUnfinished()
                                && incident.done(IncidentStep.CHECK_INTEGRITY).isPresent());
    }
}
