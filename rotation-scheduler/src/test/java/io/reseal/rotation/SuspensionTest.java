package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.DB;
import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.SuspendedKeyException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuspensionTest {

    private static final KeyId SECOND = new KeyId(DB, 2);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void saysFirstHowManyRowsItCutsOffAndThenCutsThemOff() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            String value = stage.database
                    .query("SELECT \"body\" FROM \"note\" WHERE \"id\" = 7")
                    .get(0);
            Suspension preview = stage.rotation.emergency().suspension(FIRST);
            assertThat(preview.cutOff().rows()).isEqualTo(ROWS);
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.ACTIVE);

            stage.rotation.emergency().suspend(preview, People.ANN, "values are being forged");

            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.ACTIVE);
            assertThatThrownBy(() -> stage.cipher.openText(value)).isInstanceOf(SuspendedKeyException.class);
            assertThat(stage.keys
                            .refresh()
                            .record("suspension", "database_encryption/1")
                            .orElseThrow()
                            .body())
                    .contains("\"rows\":" + ROWS, "sso:1001");
        }
    }

    @Test
    void whatWasCountedLongAgoOrBeforeAChangeCountsForNothing() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            Suspension old = emergency.suspension(FIRST);
            stage.clock.advance(Duration.ofMinutes(5).plusSeconds(1));
            assertThatThrownBy(() -> emergency.suspend(old, People.ANN, "why"))
                    .isInstanceOf(SuspensionRefusedException.class)
                    .hasMessageContaining("Count again");

            Suspension overtaken = emergency.suspension(FIRST);
            stage.rotation.rotate(DB, "someone", "routine");
            assertThatThrownBy(() -> emergency.suspend(overtaken, People.ANN, "why"))
                    .isInstanceOf(SuspensionRefusedException.class)
                    .hasMessageContaining("has changed");
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.DEACTIVATED);

            emergency.suspend(emergency.suspension(FIRST), People.ANN, "why");
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            assertThat(stage.state(SECOND)).isEqualTo(KeyState.ACTIVE);
            assertThatThrownBy(() -> emergency.suspension(FIRST)).isInstanceOf(SuspensionRefusedException.class);
        }
    }

    @Test
    void whatOthersWriteToTheKeyStoreMeanwhileIsNoReasonToCountAgain() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            Suspension preview = emergency.suspension(FIRST);
            stage.keys.lifecycle().createSuccessor(EmergencyStage.TOKEN, "someone", "routine");
            emergency.suspend(preview, People.ANN, "why");
            assertThat(stage.state(FIRST)).isEqualTo(KeyState.SUSPENDED);
            stage.clock.advance(Duration.ofMinutes(6));
            assertThat(emergency.suspend(preview, People.ANN, "again").state()).isEqualTo(KeyState.SUSPENDED);
        }
    }

    /** A node that does not know of it opens as before. */
    @Test
    void returnsOnlyWhenEveryNodeKnowsOfItAlsoToWhoeverCallsAgain() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EmergencyRotation emergency = stage.rotation.emergency();
            stage.rotation.rotate(DB, "someone", "routine");
            Suspension preview = emergency.suspension(FIRST);
            stage.database.execute(
                    "INSERT INTO reseal_node (node_id, name, started_at, renewed_at, lease_until, acknowledged, evicted)"
                            + " SELECT 'x', 'laggard', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP,"
                            + " CURRENT_TIMESTAMP + INTERVAL '1' HOUR, generation, FALSE FROM reseal_keystore");
            CompletableFuture<KeyVersion> first =
                    CompletableFuture.supplyAsync(() -> emergency.suspend(preview, People.ANN, "why"));
            await().atMost(LONG).until(() -> stage.state(FIRST) == KeyState.SUSPENDED);
            CompletableFuture<KeyVersion> again =
                    CompletableFuture.supplyAsync(() -> emergency.suspend(preview, People.BOB, "again"));
            await().during(Duration.ofMillis(500)).atMost(LONG).until(() -> !first.isDone() && !again.isDone());
            stage.database.execute("DELETE FROM reseal_node WHERE node_id = 'x'");
            assertThat(first.get(60, TimeUnit.SECONDS).state()).isEqualTo(KeyState.SUSPENDED);
            assertThat(again.get(60, TimeUnit.SECONDS).state()).isEqualTo(KeyState.SUSPENDED);
        }
    }

    @Test
    void aCompromisedKeyIsNotSuspended() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            assertThatThrownBy(() -> stage.rotation.emergency().suspension(FIRST))
                    .isInstanceOf(SuspensionRefusedException.class)
                    .hasMessageContaining("two people");
        }
    }
}
