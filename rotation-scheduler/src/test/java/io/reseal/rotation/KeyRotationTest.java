package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.Due;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.reencryption.FencedTable;
import io.reseal.rotation.reencryption.InventoryLine;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofRefusedException;
import io.reseal.rotation.reencryption.ProofStrength;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.StoredRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;

    @TempDir
    Path directory;

    private Map<String, String> settings(Databases.TestDatabase database) {
        return Map.of(
                ResealSettings.KEY_STORE, database.url(),
                ResealSettings.KEY_STORE_USER, database.user(),
                ResealSettings.KEY_STORE_PASSWORD, database.password(),
                ResealSettings.KEK_FILE, directory.resolve("kek.json").toString(),
                ResealSettings.REFRESH, "PT0.1S",
                ResealSettings.LEASE, "PT0.3S");
    }

    @EachDatabase
    void rotatesReencryptsAndProvesWithoutTheApplication(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        Map<String, String> settings = settings(database);
        try (KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC());
                Connection sql = database.connect();
                KeyRotation rotation = KeyRotation.open(settings)) {
            keys.ensureActive(DB);
            sql.createStatement().execute("CREATE TABLE \"note\" (\"id\" bigint PRIMARY KEY, \"body\" varchar(500))");
            new ColumnCatalog(keys)
                    .record(List.of(new SealedColumn(
                            Optional.empty(), "note", "body", StorageForm.TEXT, DB, "note.body", List.of("id"), true)));
            var insert = sql.prepareStatement("INSERT INTO \"note\" VALUES (1, ?)");
            insert.setString(1, new FieldCipher(keys, "note.body").sealText(DB, "hi".getBytes(StandardCharsets.UTF_8)));
            insert.execute();

            KeyVersion active = rotation.rotate(DB, "someone", "test");
            Reencryption run = rotation.reencrypt(DB);
            Progress progress = run.await(Duration.ofSeconds(30));

            assertThat(active.id()).isEqualTo(new KeyId(DB, 2));
            assertThat(rotation.keys(DB))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(progress.state()).isEqualTo(RunState.COMPLETED);
            assertThat(StoredRow.read(sql, "SELECT * FROM \"note\" WHERE \"id\" = ?", 1))
                    .sealedUnder("database_encryption", 2);
            assertThat(rotation.proofs().take(new KeyId(DB, 1)).holds()).isTrue();
            provesAsHardAsTheDatabaseAllows(kind, rotation);
            assertThatThrownBy(() -> rotation.proofs().take(new KeyId(DB, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("database_encryption version 2 is ACTIVE");
            assertThatThrownBy(() -> rotation.proofs().take(new KeyId(DB, 3))).hasMessageContaining("holds no key");
            assertThat(rotation.inventory())
                    .containsExactly(new InventoryLine(Optional.empty(), "note", "body", Optional.of(active.id()), 1));
        }
    }

    private static void provesAsHardAsTheDatabaseAllows(Databases kind, KeyRotation rotation) {
        KeyId retired = new KeyId(DB, 1);
        assertThat(rotation.proofs().of(retired)).extracting(Proof::strength).containsOnly(ProofStrength.SOFT);
        if (kind == Databases.POSTGRESQL) {
            assertThat(rotation.proofs()
                            .takeHard(retired, Duration.ofSeconds(10))
                            .holds())
                    .isTrue();
            assertThat(rotation.proofs().of(retired).get(0).strength()).isEqualTo(ProofStrength.HARD);
            assertThat(rotation.proofs().fences())
                    .extracting(FencedTable::table)
                    .containsExactly("note");
        } else {
            assertThatThrownBy(() -> rotation.proofs().takeHard(retired, Duration.ofSeconds(10)))
                    .isInstanceOf(ProofRefusedException.class)
                    .hasMessageContaining("only a soft one");
            assertThat(rotation.proofs().fences()).isEmpty();
        }
        assertThatThrownBy(() -> rotation.proofs().takeHard(new KeyId(DB, 2), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @EachDatabase
    void waitsForEveryNodeBeforeThePromotionAndAfterIt(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = KeyRotation.open(settings(database))) {
            rotation.rotate(DB, "someone", "first");
            plantNode(kind, database);
            CompletableFuture<KeyVersion> rotated =
                    CompletableFuture.supplyAsync(() -> rotation.rotate(DB, "someone", "test"));

            Awaitility.await().until(() -> rotation.keys(DB).size() == 2);
            assertThatThrownBy(() -> rotated.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(rotation.keys(DB))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.ACTIVE, KeyState.PRE_ACTIVE);
            acknowledge(database);
            Awaitility.await().until(() -> rotation.keys(DB).get(1).state() == KeyState.ACTIVE);
            assertThatThrownBy(() -> rotated.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(rotation.nodes())
                    .extracting(KeyNode::name, KeyNode::standing)
                    .containsExactly(Assertions.tuple("laggard", KeyNode.Standing.LIVE));
            database.execute("UPDATE reseal_node SET lease_until = renewed_at");
            assertThat(rotated.get(10, TimeUnit.SECONDS).id()).isEqualTo(new KeyId(DB, 2));
            assertThat(rotation.nodes()).extracting(KeyNode::standing).containsExactly(KeyNode.Standing.LAPSED);
        }
    }

    /** A node that seals for an hour, and reads nothing. */
    private static void plantNode(Databases kind, Databases.TestDatabase database) throws SQLException {
        String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
        database.execute(
                "INSERT INTO reseal_node (node_id, name, started_at, renewed_at, lease_until, acknowledged, evicted)"
                        + " SELECT 'x', 'laggard', %1$s, %1$s, %1$s + INTERVAL '1' HOUR, generation, FALSE FROM reseal_keystore"
                                .formatted(now));
    }

    private static void acknowledge(Databases.TestDatabase database) throws SQLException {
        database.execute("UPDATE reseal_node SET acknowledged = (SELECT generation FROM reseal_keystore)");
    }

    @EachDatabase
    void countsAsANodeOnlyOnceItSeals(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        Map<String, String> settings = settings(database);
        try (KeyRotation rotation = KeyRotation.open(settings)) {
            rotation.rotate(DB, "someone", "first");
            assertThat(rotation.keys()).hasSize(1);
            assertThat(rotation.nodes()).isEmpty();
            try (KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC())) {
                new FieldCipher(keys, "note.body").seal(DB, new byte[1]);
                assertThat(rotation.nodes()).extracting(KeyNode::standing).containsExactly(KeyNode.Standing.LIVE);
            }
            assertThat(rotation.nodes()).isEmpty();
        }
    }

    @EachDatabase
    void aKeyIsDueOnceNineTenthsOfItsEncryptionsAreReservedWhateverTheCalendarSays(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = KeyRotation.open(settings(database))) {
            assertThat(rotation.due(DB)).isEqualTo(new Due.NotActive());
            rotation.rotate(DB, "someone", "first");
            assertThat(rotation.due(DB)).isInstanceOf(Due.NotYet.class);
            database.execute("INSERT INTO reseal_usage (key_type, version, reserved)"
                    + " VALUES ('database_encryption', 1, 3865470565)");
            assertThat(rotation.due(DB)).isInstanceOf(Due.NotYet.class);
            database.execute("UPDATE reseal_usage SET reserved = reserved + 1");
            assertThat(rotation.due(DB)).isEqualTo(new Due.ByUsage(3_865_470_566L, 3_865_470_566L));
            rotation.rotate(DB, "someone", "due");
            assertThat(rotation.due(DB)).as("of the successor").isInstanceOf(Due.NotYet.class);
        }
    }

    @Test
    void refusesOptionsThatCannotWork() {
        ReencryptionOptions options = ReencryptionOptions.defaults();
        assertThatThrownBy(() -> options.withWorkers(0)).hasMessageContaining("workers is 0");
        assertThatThrownBy(() -> options.withWindow(5_001, 1)).hasMessageContaining("batchRows is 5001");
        assertThatThrownBy(() -> options.withPauseBetweenBatches(Duration.ofMillis(-1)))
                .hasMessageContaining("pauseBetweenBatches");
        assertThatThrownBy(() -> options.withLease(Duration.ZERO)).hasMessageContaining("lease");
    }
}
