package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.IllegalTransitionException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalStorageTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(DB, 1);

    @TempDir
    Path directory;

    @EachDatabase
    void aSuspensionIsLiftedByTwoPeopleOnTwoNodes(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        ResealSettings settings = database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
                KeyRotation node = KeyRotation.open(settings, Clock.systemUTC());
                KeyRotation other = KeyRotation.open(settings, Clock.systemUTC())) {
            keys.ensureActive(DB);
            KeyId next = keys.lifecycle().createSuccessor(DB, "test", "test");
            assertThatThrownBy(() -> node.emergency().liftSuspension(FIRST, People.ANN, "found nothing"))
                    .isInstanceOf(IllegalTransitionException.class);
            keys.lifecycle().promote(next, KeyState.SUSPENDED, "test", "a doubt");
            GuardedOperation lift =
                    GuardedOperation.liftSuspension(node.keys(DB).get(0));
            ApprovalRequest request = node.approvals().request(lift, People.ANN, "found nothing");

            assertThatThrownBy(() -> node.emergency().liftSuspension(FIRST, People.ANN, "found nothing"))
                    .isInstanceOf(ApprovalRequiredException.class);
            assertThatThrownBy(() -> other.approvals().approve(request, People.ANN))
                    .isInstanceOf(ApprovalRefusedException.class);
            other.approvals().approve(request, People.BOB);
            assertThat(node.emergency()
                            .liftSuspension(FIRST, People.ANN, "found nothing")
                            .state())
                    .isEqualTo(KeyState.DEACTIVATED);

            assertThat(database.query("SELECT actor, action FROM reseal_audit WHERE actor LIKE 'sso:%'"
                            + " AND generation IS NOT NULL ORDER BY generation"))
                    .containsExactly("sso:1001|request-approval", "sso:1002|approve", "sso:1001|lift-suspension");
            assertThat(database.query("SELECT detail FROM reseal_audit WHERE action = 'approve'")
                            .get(0))
                    .contains("LIFT_SUSPENSION database_encryption version 1", request.digest());
            assertThat(database.query("SELECT detail FROM reseal_audit WHERE action = 'lift-suspension'")
                            .get(0))
                    .contains("SUSPENDED to DEACTIVATED", "sso:1001, approved by sso:1002", request.digest());
            assertThat(other.approvals().open()).isEmpty();
            assertThat(database.query("SELECT actor, action, subject FROM reseal_audit WHERE generation IS NULL"
                            + " AND actor LIKE 'sso:%' ORDER BY action"))
                    .containsExactly(
                            "sso:1001|refuse-approve|database_encryption version 1",
                            "sso:1001|refuse-lift-suspension|database_encryption version 1");
        }
    }

    /** Else the second of two equal requests would serve when the same state comes back. */
    @Test
    void whatIsDoneEndsEveryRequestForIt() throws Exception {
        ResealSettings settings = Databases.H2
                .fresh()
                .settings(Map.of(
                        ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
                KeyRotation node = KeyRotation.open(settings, Clock.systemUTC())) {
            keys.ensureActive(DB);
            keys.lifecycle()
                    .promote(
                            keys.lifecycle().createSuccessor(DB, "test", "test"),
                            KeyState.SUSPENDED,
                            "test",
                            "a doubt");
            GuardedOperation lift =
                    GuardedOperation.liftSuspension(node.keys(DB).get(0));
            GuardedOperation restore = GuardedOperation.restore("monday", "00ff");
            for (GuardedOperation operation : List.of(lift, lift, restore, restore)) {
                Approvals approvals = node.approvals();
                approvals.approve(approvals.request(operation, People.ANN, "found nothing"), People.BOB);
            }
            node.emergency().liftSuspension(FIRST, People.ANN, "found nothing");
            assertThat(node.approvals().open())
                    .extracting(ApprovalRequest::operation)
                    .containsExactly(restore, restore);
            node.approvals().perform(restore, People.ANN, () -> "done");
            assertThat(node.approvals().open()).isEmpty();
        }
    }

    @EachDatabase
    void anApprovalThatWasEditedBySqlIsFound(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        ResealSettings settings = database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        try (KeyRotation node = KeyRotation.open(settings, Clock.systemUTC())) {
            GuardedOperation restore = GuardedOperation.restore("monday", "00ff");
            node.approvals().request(restore, People.ANN, "the disk is gone");
            database.execute(
                    "UPDATE reseal_record SET body = REPLACE(body, '\"1001\"', '\"1002\"') WHERE kind = 'approval'");
            assertThatThrownBy(() -> node.approvals().perform(restore, People.ANN, () -> "done"))
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("approval");
        }
    }
}
