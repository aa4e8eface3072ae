package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.DB;
import static io.reseal.rotation.EmergencyStage.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second call does over, and what a node does over that nobody calls. */
class EmergencyAgainTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aReencryptionThatSomebodyPausedStaysSoWhenTheKeyIsReplacedAgain() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            stage.emergency();
            try (Reencryption run = stage.rotation.reencrypt(DB)) {
                run.pause();
                blocker.rollback();
                Incident incident = stage.replaced(FIRST);
                assertThat(run.progress().state()).isEqualTo(RunState.PAUSED);
                assertThat(incident.timeline())
                        .extracting(IncidentEntry::text)
                        .contains(run.id() + " was paused since it began, and stays so: resume it");
                run.resume();
                stage.proved(FIRST);
            }
        }
    }

    @Test
    void aNodeVerifiesKeysThatCouldNotBeVerifiedWhenTheKeyWasReplaced() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            stage.proved(FIRST);
            stage.rotation
                    .incidents()
                    .store()
                    .change(
                            FIRST,
                            EmergencyAgainTest::unverified,
                            IncidentStore.audited(new Custody.Wish("a test", "why"), "edit", FIRST, ""));
            assertThat(stage.incident(FIRST).done(IncidentStep.VERIFY_KEYS)).isEmpty();
            stage.database.execute("DELETE FROM reseal_incident_claim"); // as if a lease had passed
            try (KeyRotation node = stage.open(Map.of(ResealSettings.FOLLOW, "PT0.1S"))) {
                assertThat(node.incidents().all()).hasSize(1);
                Awaitility.await()
                        .atMost(LONG)
                        .until(() -> stage.incident(FIRST)
                                .done(IncidentStep.VERIFY_KEYS)
                                .isPresent());
            }
        }
    }

    /** The other node found the table locked, and has told so before this one is done with it. */
    @Test
    void ownersThatANodeTakesDownAfterAnotherHasCountedAreNotTakenForAnEdit() throws Exception {
        try (EmergencyStage stage =
                        new EmergencyStage(Databases.POSTGRESQL, directory, Map.of("reseal.owner.note", "owner_id"));
                Connection blocker = stage.database.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE");
            stage.rotation.emergency().rotate(DB, People.ANN, "key found in a log");
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> !stage.database
                            .query("SELECT 1 FROM pg_locks WHERE NOT granted")
                            .isEmpty());
            countedByAnother(stage);
            blocker.rollback();
            stage.done(stage.incident(FIRST));
            StringWriter csv = new StringWriter();
            stage.rotation.incidents().writeAffectedOwners(FIRST, csv);
            assertThat(csv.toString().lines().skip(1))
                    .hasSize(Math.toIntExact(stage.incident(FIRST)
                            .response()
                            .affected()
                            .flatMap(Affected::owners)
                            .orElseThrow()));
        }
    }

    private static void countedByAnother(EmergencyStage stage) {
        AffectedTable locked = new AffectedTable(Optional.empty(), "note", 0, List.of(), Optional.empty(), "locked");
        Optional<String> nobody =
                Optional.of(stage.rotation.incidents().affected().owners(Incident.id(FIRST), (owner, table) -> {}));
        Affected counted = new Affected(stage.clock.instant(), List.of(locked), Optional.of(0L), nobody);
        stage.rotation
                .incidents()
                .chronicle(FIRST)
                .done(IncidentStep.COUNT_AFFECTED, "by another node", response -> response.counted(counted));
    }

    private static Incident unverified(Incident incident) {
        return new Incident(
                incident.key(),
                incident.openedBy(),
                incident.reason(),
                incident.openedAt(),
                incident.response(),
                incident.notifications(),
                incident.timeline().stream()
                        .filter(entry -> !entry.step().equals(Optional.of(IncidentStep.VERIFY_KEYS)))
                        .toList());
    }
}
