package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyStoreStatus.Rollback;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
            for (String table : TABLES) {
                database.execute("CREATE TABLE copy_of_" + table + " AS SELECT * FROM " + table);
            }
            keys.lifecycle().createSuccessor(KeyType.DATABASE_ENCRYPTION, "test", "test");
        }
        for (String table : TABLES) {
            database.execute("DELETE FROM " + table);
            database.execute("INSERT INTO " + table + " SELECT * FROM copy_of_" + table);
        }
        try (KeyRotation node = KeyRotation.open(settings, Clock.systemUTC())) {
            assertThat(node.status().rollback()).isEqualTo(Rollback.ROLLED_BACK);
            assertThatThrownBy(() -> node.approvals()
                            .request(GuardedOperation.restore("monday", "00ff"), People.ANN, "stored requests"))
                    .isInstanceOf(SealingRefusedException.class);
            assertThatThrownBy(() -> node.recover(People.ANN, "the newer copy is lost"))
                    .isInstanceOf(ApprovalRequiredException.class);
            ApprovalRequest request = node.approvals().request(node.recovery(), People.ANN, "the newer copy is lost");
            assertThatThrownBy(() -> node.approvals().approve(request, People.person("ann-token")))
                    .isInstanceOf(ApprovalRefusedException.class);
            node.approvals().approve(request, People.BOB);
            node.recover(People.ANN, "the newer copy is lost");
            assertThat(node.status().rollback()).isEqualTo(Rollback.DETECTABLE);
            assertThat(node.approvals().open()).isEmpty();
        }
        assertThat(database.query("SELECT actor, reason FROM reseal_audit WHERE action = 'recover'"))
                .singleElement()
                .asString()
                .contains("sso:1001|the newer copy is lost; asked for by sso:1001, approved by sso:1002");
    }
}
