package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyStoreStatus.Rollback;
import io.reseal.keys.KeyType;
import io.reseal.keys.StoreCopy;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryByTwoTest {

    private static final List<String> TABLES = List.of("reseal_keystore", "reseal_key", "reseal_record");

    @TempDir
    Path directory;

    @EachDatabase
    void aRolledBackKeyStoreIsRecoveredByTwoPeopleAlthoughItTakesNoRequest(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        ResealSettings settings = database.settings(Map.of(
                ResealSettings.KEK_FILE,
                directory.resolve("kek.json").toString(),
                ResealSettings.ANCHOR,
                "file:" + directory.resolve("anchor")));
        try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC())) {
            keys.ensureActive(KeyType.DATABASE_ENCRYPTION);
            copy(database, "sunday");
            requestAndApprove(settings);
            copy(database, "monday");
            keys.lifecycle().createSuccessor(KeyType.DATABASE_ENCRYPTION, "test", "test");
        }
        restore(database, "monday");
        try (KeyRotation node = KeyRotation.open(settings, Clock.systemUTC())) {
            assertThat(node.status().rollback()).isEqualTo(Rollback.ROLLED_BACK);
            assertThat(node.health().check().of(Check.KEY_STORE))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.alert()).contains(AlertKind.KEY_STORE_ROLLED_BACK));
            assertThatThrownBy(() -> node.approvals()
                            .request(GuardedOperation.restore("monday", "00ff"), People.ANN, "stored requests"))
                    .isInstanceOf(SealingRefusedException.class);
            assertThatThrownBy(() -> node.recovery().recover(People.ANN, "the newer copy is lost"))
                    .isInstanceOf(ApprovalRequiredException.class);
            ApprovalRequest request =
                    node.approvals().request(node.recovery().operation(), People.ANN, "the newer copy is lost");
            assertThatThrownBy(() -> node.approvals().approve(request, People.person("ann-token")))
                    .isInstanceOf(ApprovalRefusedException.class);
            node.approvals().approve(request, People.BOB);
            restore(database, "sunday");
            assertThatThrownBy(() -> node.recovery().recover(People.ANN, "the newer copy is lost"))
                    .as("another copy than the one that was approved")
                    .isInstanceOf(ApprovalRequiredException.class);
            restore(database, "monday");
            node.recovery().recover(People.ANN, "the newer copy is lost");
            assertThat(node.status().rollback()).isEqualTo(Rollback.DETECTABLE);
            assertThat(node.approvals().open())
                    .as("what was open in the copy may have been used since")
                    .isEmpty();
        }
        assertThat(database.query("SELECT actor, reason FROM reseal_audit WHERE action = 'recover'"))
                .singleElement()
                .asString()
                .contains("sso:1001|the newer copy is lost; asked for by sso:1001, approved by sso:1002");
    }

    /** Two copies that went their own ways after a restore may be at one generation. */
    @Test
    void agreementIsToOneCopyOfTwoThatAreAtOneGeneration() {
        assertThat(GuardedOperation.recover(new StoreCopy(4, "aa")))
                .isNotEqualTo(GuardedOperation.recover(new StoreCopy(4, "bb")));
    }

    private static void requestAndApprove(ResealSettings settings) {
        try (KeyRotation node = KeyRotation.open(settings, Clock.systemUTC())) {
            GuardedOperation operation = GuardedOperation.restore("friday", "00ff");
            node.approvals().approve(node.approvals().request(operation, People.ANN, "the disk is gone"), People.BOB);
        }
    }

    private static void copy(Databases.TestDatabase database, String day) throws SQLException {
        for (String table : TABLES) {
            database.execute("CREATE TABLE " + day + "_" + table + " AS SELECT * FROM " + table);
        }
    }

    private static void restore(Databases.TestDatabase database, String day) throws SQLException {
        for (String table : TABLES) {
            database.execute("DELETE FROM " + table);
            database.execute("INSERT INTO " + table + " SELECT * FROM " + day + "_" + table);
        }
    }
}
