package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.keys.KeyState;
import io.reseal.rotation.destruction.Dependant;
import io.reseal.rotation.destruction.DestructionRefusedException;
import io.reseal.rotation.destruction.Gate;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One person is between the gates and the step, held up by a lock on the quarantine; meanwhile another node does something. */
class DestructionRaceTest {

    @TempDir
    Path directory;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private DestructionStage stage;

    @BeforeEach
    void everyGateIsMet() throws Exception {
        stage = new DestructionStage(Databases.POSTGRESQL, directory, Map.of());
        stage.quarantineOneValue();
        stage.database.execute("DELETE FROM reseal_quarantine");
        stage.propose();
        stage.clock.advance(KeyDestruction.WAITING_TIME);
        stage.approve();
        assertThat(stage.destruction().checklist().unmet()).isEmpty();
    }

    @AfterEach
    void close() {
        thread.shutdownNow();
        stage.close();
    }

    private interface Step {
        void take() throws Exception;
    }

    /** What destroying comes to if something happens after it has read the keys and before it changes them. */
    private Future<KeyState> destroyDuring(Step step) throws Exception {
        try (Connection connection = stage.database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE reseal_quarantine IN ACCESS EXCLUSIVE MODE");
            Future<KeyState> destroyed = thread.submit(() ->
                    stage.destruction().destroy(People.ANN, "nobody needs it").state());
            Awaitility.await().until(this::somebodyWaits);
            step.take();
            connection.rollback();
            return destroyed;
        }
    }

    private boolean somebodyWaits() throws SQLException {
        return !stage.database
                .query("SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'reseal_quarantine'::regclass"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                .isEmpty();
    }

    private void isRefused(Future<KeyState> destroyed, Gate.Name... gates) {
        assertThatThrownBy(destroyed::get)
                .cause()
                .isInstanceOfSatisfying(
                        DestructionRefusedException.class,
                        refused -> assertThat(refused.unmet())
                                .extracting(Gate::name)
                                .containsExactly(gates));
        assertThat(stage.rotation.keys(DestructionStage.DB).get(0).state()).isEqualTo(KeyState.PENDING_DESTROY);
    }

    @Test
    void nothingComesBetween() throws Exception {
        assertThat(destroyDuring(() -> {}).get()).isEqualTo(KeyState.DESTROYED);
        assertThat(
                        stage.database.query(
                                "SELECT action FROM reseal_audit WHERE generation IS NOT NULL ORDER BY generation DESC LIMIT 1"))
                .containsExactly("destroy");
        assertThat(stage.rotation.approvals().open()).isEmpty();
    }

    @Test
    void aCancellationAndANewProposalBeginTheWaitingTimeAnew() throws Exception {
        isRefused(
                destroyDuring(() -> {
                    stage.clock.advance(Duration.ofMinutes(1));
                    stage.keys.lifecycle().cancelDestroy(DestructionStage.OLD, "bob", "wait");
                    stage.keys.lifecycle().proposeDestroy(DestructionStage.OLD, "bob", "all the same");
                }),
                Gate.Name.WAITING_TIME,
                Gate.Name.APPROVALS);
    }

    @Test
    void aWithdrawnRequestServesNoMore() throws Exception {
        isRefused(
                destroyDuring(() -> {
                    Approvals approvals = stage.rotation.approvals();
                    approvals.withdraw(approvals.open().get(0), People.CID);
                }),
                Gate.Name.APPROVALS);
    }

    @Test
    void aStoreThatIsDeclaredHasToBeAttestedFor() throws Exception {
        isRefused(
                destroyDuring(() -> stage.rotation
                        .dependants()
                        .declare(new Dependant("uploads", Dependant.Kind.FILE_STORE, DestructionStage.DB), People.BOB)),
                Gate.Name.STORES);
    }

    @Test
    void aLongerRetentionHasToPass() throws Exception {
        isRefused(
                destroyDuring(() -> stage.rotation.backups().declare("tapes", Duration.ofDays(30), People.BOB)),
                Gate.Name.BACKUPS,
                Gate.Name.APPROVALS); // they were given without knowing of it
    }

    @Test
    void theApprovalIsUsedOnceByTwoWhoDestroyAtOnce() throws Exception {
        Future<KeyState> other = destroyDuring(() -> assertThat(List.of(KeyState.PENDING_DESTROY))
                .contains(stage.rotation.keys(DestructionStage.DB).get(0).state()));
        stage.destruction().destroy(People.BOB, "nobody needs it");
        assertThat(other.get()).isEqualTo(KeyState.DESTROYED);
        assertThat(stage.database.query("SELECT action FROM reseal_audit WHERE action = 'destroy'"))
                .hasSize(1);
    }

    @Test
    void aValueThatIsWrittenMeanwhileMeetsTheFence() throws Exception {
        assertThat(destroyDuring(() ->
                                assertThatThrownBy(() -> stage.insertOldValue()).hasMessageContaining("retired key"))
                        .get())
                .isEqualTo(KeyState.DESTROYED);
    }
}
