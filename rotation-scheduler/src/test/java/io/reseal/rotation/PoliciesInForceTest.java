package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesInForceTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final String ALONE = "reseal.policy.database_encryption.approvals";

    @TempDir
    Path directory;

    private KeyRotation node(Databases.TestDatabase database, Map<String, String> chosen) {
        Map<String, String> all = new HashMap<>(chosen);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        return KeyRotation.open(database.settings(all), Clock.systemUTC());
    }

    @EachDatabase
    void aWeakerPolicyWaitsForTwoPeople(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation before = node(database, Map.of())) {
            assertThat(before.policies().waiting()).isEmpty();
            try (KeyRotation weaker = node(database, Map.of(ALONE, "0"))) {
                assertThat(weaker.policies().of(DB).approvals()).isEqualTo(2);
                assertThat(weaker.status().problems())
                        .singleElement()
                        .asString()
                        .contains(
                                "policy of database_encryption is not in force", "approvals from 2 to 0", "weakening");
                assertThatThrownBy(() -> weaker.weakenPolicy(DB, People.ANN, "we are few"))
                        .isInstanceOf(ApprovalRequiredException.class);
                Approvals approvals = weaker.approvals();
                approvals.approve(
                        approvals.request(weaker.policies().weakening(DB), People.ANN, "we are few"), People.BOB);
                weaker.weakenPolicy(DB, People.ANN, "we are few");
                weaker.weakenPolicy(DB, People.ANN, "again changes nothing");
                assertThat(weaker.policies().of(DB).approvals()).isZero();
                assertThat(weaker.status().problems()).isEmpty();
            }
            assertThat(before.policies().of(DB).approvals()).as("on every node").isZero();
        }
        assertThat(database.query(
                        "SELECT actor, action FROM reseal_audit WHERE action LIKE '%policy' AND generation IS NOT NULL"
                                + " ORDER BY generation"))
                .containsExactly("reseal|adopt-policy", "sso:1001|weaken-policy");
    }

    @Test
    void aStrongerPolicyTakesEffectAtOnceAndStays() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        node(database, Map.of(ALONE, "1")).close();
        try (KeyRotation stronger = node(database, Map.of(ALONE, "3"))) {
            assertThat(stronger.policies().of(DB).approvals()).isEqualTo(3);
        }
        try (KeyRotation back = node(database, Map.of(ALONE, "1"))) {
            assertThat(back.policies().of(DB).approvals()).isEqualTo(3);
        }
    }

    @Test
    void aPolicyThatWasEditedBySqlIsFound() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        try (KeyRotation node = node(database, Map.of())) {
            database.execute("UPDATE reseal_record SET body = REPLACE(body, '\"approvals\":2', '\"approvals\":0')"
                    + " WHERE kind = 'policy'");
            assertThatThrownBy(() -> node.policies().of(DB))
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("policy 'database_encryption'");
        }
    }

    @Test
    void theGatesGoByThePolicyInForce() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            Map<String, String> chosen = Map.of(
                    ALONE,
                    "0",
                    "reseal.policy.database_encryption.grace",
                    "PT1S",
                    ResealSettings.KEK_FILE,
                    directory.resolve("kek.json").toString());
            try (KeyRotation weaker = KeyRotation.open(stage.database.settings(chosen), stage.clock)) {
                assertThat(weaker.cleanUp()).extracting(CleanupLine::outcome).containsExactly(CleanupLine.Outcome.LEFT);
                assertThatThrownBy(
                                () -> weaker.destruction(DestructionStage.OLD).destroy(People.ANN, "alone"))
                        .isInstanceOfSatisfying(
                                DestructionRefusedException.class,
                                refused -> assertThat(refused.unmet())
                                        .extracting(Gate::name)
                                        .containsExactly(Gate.Name.APPROVALS));
            }
        }
    }

    @Test
    void aStoreThatIsKeptByOnePersonLocksNobodyOut() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        Map<String, String> alone = Map.of(
                ALONE,
                "1",
                "reseal.policy.token_encryption.approvals",
                "1",
                "reseal.policy.file_encryption.approvals",
                "0");
        try (KeyRotation node = node(database, alone)) {
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            node.backups().declare("nightly", Duration.ofDays(20), People.ANN);
            assertThat(node.backups().longestRetention()).contains(Duration.ofDays(20));
        }
        Databases.TestDatabase other = Databases.H2.fresh();
        try (KeyRotation node = node(other, Map.of(ALONE, "1", "reseal.policy.token_encryption.approvals", "1"))) {
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            assertThatThrownBy(() -> node.backups().declare("nightly", Duration.ofDays(20), People.ANN))
                    .as("file_encryption still asks for two")
                    .isInstanceOf(ApprovalRequiredException.class);
        }
    }
}
