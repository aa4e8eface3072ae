package io.reseal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.audit.AuditLog;
import io.reseal.audit.AuditVerification;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResealKeysTest {

    private static final byte[] PLAINTEXT = "a token".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    @EachDatabase
    void keysOutliveTheRegistryThatMadeThem(Databases databases) {
        TestDatabase database = databases.fresh();
        byte[] sealed;
        try (KeyRegistry keys = open(database)) {
            assertThat(keys.ensureActive(KeyType.TOKEN_ENCRYPTION)).isEqualTo(new KeyId(KeyType.TOKEN_ENCRYPTION, 1));
            sealed = new FieldCipher(keys, "t.c").seal(KeyType.TOKEN_ENCRYPTION, PLAINTEXT);
        }
        try (KeyRegistry keys = open(database)) {
            assertThat(new FieldCipher(keys, "t.c").open(sealed)).isEqualTo(PLAINTEXT);
        }
    }

    @EachDatabase
    void promotionRetiresThePredecessor(Databases databases) {
        try (KeyRegistry keys = open(databases.fresh())) {
            keys.ensureActive(KeyType.TOKEN_ENCRYPTION);
            KeyId successor = keys.lifecycle().createSuccessor(KeyType.TOKEN_ENCRYPTION, "operator", "rotation is due");
            keys.lifecycle().promote(successor, "operator", "rotation is due");
            assertThat(keys.refresh().versions(KeyType.TOKEN_ENCRYPTION))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
        }
    }

    @EachDatabase
    void theAuditLogTellsOfEveryTransitionAndVerifies(Databases databases) {
        TestDatabase database = databases.fresh();
        try (KeyRegistry keys = open(database)) {
            keys.ensureActive(KeyType.TOKEN_ENCRYPTION);
        }
        try (AuditLog log = ResealKeys.openAudit(settings(database), Clock.systemUTC())) {
            AuditVerification found = log.verify(List.of(), List.of(), progress -> {});
            assertThat(found.findings()).isEmpty();
            assertThat(found.entries()).isEqualTo(3); // begin, create, promote
        }
    }

    @Test
    void thereIsNoAuditLogWithoutTheKeyFile() {
        assertThatThrownBy(() -> ResealKeys.openAudit(settings(Databases.H2.fresh()), Clock.systemUTC()))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("kek.json", "does not exist");
    }

    private KeyRegistry open(TestDatabase database) {
        return ResealKeys.open(settings(database), Clock.systemUTC());
    }

    private ResealSettings settings(TestDatabase database) {
        return ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE, database.url(),
                ResealSettings.KEY_STORE_USER, database.user(),
                ResealSettings.KEY_STORE_PASSWORD, database.password(),
                ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
    }
}
