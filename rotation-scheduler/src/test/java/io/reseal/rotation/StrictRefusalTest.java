package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.CompromisedKeyException;
import io.reseal.IllegalTransitionException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.TamperedKeyStoreException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictRefusalTest {

    @TempDir
    Path directory;

    private static void refuse(DestructionStage stage) {
        StrictRefusals strict = stage.rotation.strictRefusals();
        assertThatThrownBy(() -> strict.refuse(DestructionStage.OLD, People.ANN, "forged values"))
                .isInstanceOf(ApprovalRequiredException.class);
        Approvals approvals = stage.rotation.approvals();
        approvals.approve(
                approvals.request(strict.refusal(DestructionStage.OLD), People.ANN, "forged values"), People.BOB);
        strict.refuse(DestructionStage.OLD, People.ANN, "forged values");
    }

    private static void compromise(DestructionStage stage) {
        stage.keys.lifecycle().markCompromised(DestructionStage.OLD, "test", "found on a forum");
    }

    private static String open(KeyRegistry node, String value) {
        return new String(new FieldCipher(node, "note.body").openText(value), StandardCharsets.UTF_8);
    }

    @EachDatabase
    void everyNodeRefusesFromItsNextRefreshOn(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of());
                KeyRegistry other = ResealKeys.open(stage.settings, stage.clock)) {
            assertThatThrownBy(() -> stage.rotation.strictRefusals().refuse(DestructionStage.OLD, People.ANN, "early"))
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessageContaining("DEACTIVATED");
            compromise(stage);
            assertThat(open(other, stage.oldValue)).isEqualTo("hi");
            refuse(stage);
            stage.clock.advance(Duration.ofSeconds(1));
            Awaitility.await()
                    .untilAsserted(() -> assertThatThrownBy(() -> open(other, stage.oldValue))
                            .isInstanceOf(CompromisedKeyException.class)
                            .hasMessageContaining("database_encryption version 1 is compromised")
                            .hasMessageContaining("KeyRotation.strictRefusals()"));
            assertThat(open(other, stage.newValue)).isEqualTo("hi");

            StrictRefusals strict = stage.rotation.strictRefusals();
            strict.refuse(DestructionStage.OLD, People.ANN, "again changes nothing");
            assertThatThrownBy(() -> strict.allow(DestructionStage.OLD, People.ANN, "alone"))
                    .isInstanceOf(ApprovalRequiredException.class);
            Approvals approvals = stage.rotation.approvals();
            approvals.approve(
                    approvals.request(strict.allowance(DestructionStage.OLD), People.CID, "known now"), People.ANN);
            strict.allow(DestructionStage.OLD, People.CID, "known now");
            stage.clock.advance(Duration.ofSeconds(1));
            Awaitility.await()
                    .ignoreException(CompromisedKeyException.class)
                    .until(() -> open(other, stage.oldValue), "hi"::equals);
            strict.allow(DestructionStage.OLD, People.CID, "again changes nothing");
            assertThat(stage.database.query(
                            "SELECT actor, action FROM reseal_audit WHERE action LIKE '%-compromised' AND actor <> 'test'"
                                    + " AND generation IS NOT NULL ORDER BY generation"))
                    .containsExactly("sso:1001|refuse-compromised", "sso:1003|allow-compromised");
        }
    }

    /** To let a suspended key open takes two people, also where one marks it on the layer below. */
    @Test
    void aSuspendedKeyThatIsMarkedStaysShutUntilTwoPeopleAllowIt() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.keys.lifecycle().suspend(DestructionStage.OLD, "test", "suspicion");
            compromise(stage);
            assertThatThrownBy(() -> open(stage.keys, stage.oldValue)).isInstanceOf(CompromisedKeyException.class);
            StrictRefusals strict = stage.rotation.strictRefusals();
            assertThatThrownBy(() -> strict.allow(DestructionStage.OLD, People.ANN, "alone"))
                    .isInstanceOf(ApprovalRequiredException.class);
            Approvals approvals = stage.rotation.approvals();
            approvals.approve(
                    approvals.request(strict.allowance(DestructionStage.OLD), People.ANN, "known now"), People.BOB);
            strict.allow(DestructionStage.OLD, People.ANN, "known now");
            stage.keys.refresh();
            assertThat(open(stage.keys, stage.oldValue)).isEqualTo("hi");
        }
    }

    @Test
    void aRefusalThatWasLiftedBySqlIsFound() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            compromise(stage);
            refuse(stage);
            stage.keys.refresh();
            stage.database.execute("UPDATE reseal_record SET body = '{\"since\":\"\"}' WHERE kind = 'strict-refusal'");
            assertThatThrownBy(stage.keys::refresh)
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("strict-refusal");
            assertThatThrownBy(() -> open(stage.keys, stage.oldValue)).isInstanceOf(CompromisedKeyException.class);
        }
    }

    @Test
    void aReencryptionLeavesRefusedValuesAsTheyAre() throws Exception {
        Map<String, String> quick = Map.of(ResealSettings.REFRESH, "PT0.2S", ResealSettings.LEASE, "PT0.5S");
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, quick)) {
            stage.clock.advance(Duration.ofMinutes(1));
            compromise(stage);
            refuse(stage);
            stage.writeOldValueBack();
            assertThat(stage.rotation.plan(DestructionStage.DB).retired()).isEmpty();
            Reencryption run = stage.rotation.reencrypt(DestructionStage.DB);
            Awaitility.await().until(() -> run.progress().state() == RunState.COMPLETED);
            assertThat(stage.database.query("SELECT \"body\" FROM \"note\"")).containsExactly(stage.oldValue);
            assertThat(stage.rotation.proofs().take(DestructionStage.OLD).remaining())
                    .isOne();
            assertThat(stage.database.query("SELECT 1 FROM reseal_quarantine")).isEmpty();
        }
    }
}
