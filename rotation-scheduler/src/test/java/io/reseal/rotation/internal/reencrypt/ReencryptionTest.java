package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.InventoryLine;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

class ReencryptionTest {

    @TempDir
    Path directory;

    @EachDatabase
    void reencryptsEveryRowAndProvesIt(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3_000);
            KeyId active = stage.rotate(Stage.DB);
            KeyId retired = new KeyId(Stage.DB, 1);

            var run = engine.start(Stage.DB, Stage.SMALL);
            Progress progress = Stage.complete(run);

            assertThat(progress.changed()).isEqualTo(3_000);
            assertThat(progress.rangesDone()).isEqualTo(progress.rangesTotal()).isGreaterThan(1);
            assertThat(run.proofs()).hasSize(1);
            Proof proof = run.proofs().get(0);
            assertThat(proof.holds()).isTrue();
            assertThat(proof.key()).isEqualTo(retired);
            assertThat(proof.columns().get(0).values()).isEqualTo(3_000);
            assertThat(stage.binaryUnder("account", "secret", retired)).isZero();
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(3_000);
            stage.requireSecretsIntact();
        }
    }

    @EachDatabase
    void touchesNoOtherColumn(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(200);
            stage.rotate(Stage.DB);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.count("SELECT COUNT(*) FROM \"account\" WHERE \"version\" = 7"
                            + " AND \"updated_at\" = TIMESTAMP '2001-02-03 04:05:06'"))
                    .isEqualTo(200);
        }
    }

    @EachDatabase
    void leavesNullBesideAStaleValueNull(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"card\" (\"id\" integer PRIMARY KEY, \"a\" BYTES, \"b\" varchar(500))");
            stage.record("card", "a", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.record("card", "b", StorageForm.TEXT, Stage.DB, List.of("id"), true);
            for (int id = 0; id < 90; id++) {
                byte[] a = id % 3 == 0 ? null : stage.seal("card.a", "a" + id);
                String b = id % 3 == 1 ? null : stage.sealText("card.b", "b" + id);
                stage.update("INSERT INTO \"card\" VALUES (?, ?, ?)", id, a, b);
            }
            KeyId active = stage.rotate(Stage.DB);

            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(progress.changed()).isEqualTo(90);
            assertThat(stage.binaryUnder("card", "a", active)).isEqualTo(60);
            assertThat(stage.textUnder("card", "b", active)).isEqualTo(60);
            assertThat(stage.count("SELECT COUNT(*) FROM \"card\" WHERE \"a\" IS NULL"))
                    .isEqualTo(30);
            assertThat(stage.values("SELECT \"b\" FROM \"card\" WHERE \"id\" = 5").stream()
                            .map(b -> Stage.text(stage.cipher("card.b").openText((String) b))))
                    .containsExactly("b5");
        }
    }

    @EachDatabase
    void addressesRowsByCompositeAndMixedCaseKeys(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute(
                    "CREATE TABLE \"Order Item\" (\"Tenant\" varchar(20), \"day\" timestamp(3), \"no\" numeric(8,2),"
                            + " \"Se\"\"cret\" BYTES, PRIMARY KEY (\"Tenant\", \"day\", \"no\"))");
            stage.record("Order Item", "Se\"cret", StorageForm.BINARY, Stage.DB, List.of("Tenant", "day", "no"), true);
            for (int i = 0; i < 1_200; i++) {
                stage.update(
                        "INSERT INTO \"Order Item\" VALUES (?, TIMESTAMP '2026-01-02 03:04:05.678', ?, ?)",
                        "té'n ant" + i % 7,
                        new java.math.BigDecimal(i + ".25"),
                        stage.seal("Order Item.Se\"cret", "v" + i));
            }
            KeyId active = stage.rotate(Stage.DB);

            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(progress.changed()).isEqualTo(1_200);
            assertThat(stage.binaryUnder("Order Item", "Se\"\"cret", active)).isEqualTo(1_200);
        }
    }

    @EachDatabase
    void addressesRowsByUuid(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"doc\" (\"id\" uuid PRIMARY KEY, \"body\" varchar(500))");
            stage.record("doc", "body", StorageForm.TEXT, Stage.DB, List.of("id"), true);
            for (int i = 0; i < 1_500; i++) {
                stage.update(
                        "INSERT INTO \"doc\" VALUES (?, ?)", UUID.randomUUID(), stage.sealText("doc.body", "v" + i));
            }
            KeyId active = stage.rotate(Stage.DB);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.textUnder("doc", "body", active)).isEqualTo(1_500);
        }
    }

    @EachDatabase
    void reencryptsBagsWhoseOwnersHoldMoreThanAWindow(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"phone\" (\"owner\" bigint NOT NULL, \"number\" BYTES)");
            stage.record("phone", "number", StorageForm.BINARY, Stage.DB, List.of("owner"), false);
            for (int i = 0; i < 900; i++) {
                stage.update(
                        "INSERT INTO \"phone\" VALUES (?, ?)",
                        i < 600 ? 5 : i % 9,
                        stage.seal("phone.number", "n" + i));
            }
            for (int i = 0; i < 60; i++) {
                byte[] poison = stage.seal("elsewhere", "p" + i);
                stage.update("INSERT INTO \"phone\" VALUES (5, ?)", (Object) poison);
            }
            byte[] twin = stage.seal("phone.number", "twin");
            stage.update("INSERT INTO \"phone\" VALUES (3, ?), (3, ?)", twin, twin);
            KeyId active = stage.rotate(Stage.DB);

            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWindow(10, 2)));

            assertThat(stage.binaryUnder("phone", "number", active)).isEqualTo(902);
            assertThat(progress.quarantined()).isEqualTo(60);
        }
    }

    @EachDatabase
    void reencryptsOnlyTheRunsKeyType(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"user\" (\"id\" bigint PRIMARY KEY, \"name\" BYTES, \"token\" BYTES)");
            stage.record("user", "name", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.record("user", "token", StorageForm.BINARY, Stage.TOKEN, List.of("id"), true);
            for (int id = 0; id < 100; id++) {
                byte[] token = stage.cipher("user.token").seal(Stage.TOKEN, Stage.bytes("t" + id));
                stage.update("INSERT INTO \"user\" VALUES (?, ?, ?)", id, stage.seal("user.name", "n" + id), token);
            }
            KeyId active = stage.rotate(Stage.DB);
            stage.rotate(Stage.TOKEN);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.binaryUnder("user", "name", active)).isEqualTo(100);
            assertThat(stage.binaryUnder("user", "token", new KeyId(Stage.TOKEN, 1)))
                    .isEqualTo(100);
        }
    }

    @EachDatabase
    void sealsAValueUnderTheTypeThatItsColumnDeclaresToday(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(0);
            stage.execute("CREATE TABLE \"session\" (\"id\" bigint PRIMARY KEY, \"token\" BYTES)");
            stage.record("session", "token", StorageForm.BINARY, Stage.TOKEN, List.of("id"), true);
            stage.update("INSERT INTO \"session\" VALUES (1, ?)", (Object) stage.seal("session.token", "t"));
            stage.rotate(Stage.DB);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.binaryUnder("session", "token", new KeyId(Stage.TOKEN, 1)))
                    .isEqualTo(1);
        }
    }

    @EachDatabase
    void listsValuesByColumnAndKey(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(20);
            KeyId active = stage.rotate(Stage.DB);
            stage.addAccounts(21, 25, id -> "new");
            stage.update("INSERT INTO \"account\" VALUES (99, ?, 7, CURRENT_TIMESTAMP)", (Object) Stage.bytes("plain"));
            stage.update("INSERT INTO \"account\" VALUES (98, NULL, 7, CURRENT_TIMESTAMP)");

            assertThat(engine.inventory())
                    .containsExactly(
                            new InventoryLine(Optional.empty(), "account", "secret", Optional.empty(), 1),
                            new InventoryLine(
                                    Optional.empty(), "account", "secret", Optional.of(new KeyId(Stage.DB, 1)), 20),
                            new InventoryLine(Optional.empty(), "account", "secret", Optional.of(active), 5));
        }
    }

    @EachDatabase
    void aStaleRowPlantedAfterTheRunMakesTheProofFail(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(50);
            byte[] planted = stage.seal("account.secret", "planted");
            stage.rotate(Stage.DB);
            Stage.complete(engine.start(Stage.DB, Stage.SMALL));
            KeyId retired = new KeyId(Stage.DB, 1);
            assertThat(engine.proving().soft(retired).holds()).isTrue();

            stage.update("INSERT INTO \"account\" VALUES (1000, ?, 7, CURRENT_TIMESTAMP)", (Object) planted);

            Proof proof = engine.proving().soft(retired);
            assertThat(proof.holds()).isFalse();
            assertThat(proof.remaining()).isEqualTo(1);
        }
    }

    @EachDatabase
    void completesAtOnceWhenNothingIsRetired(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(5);

            var run = engine.start(Stage.DB, Stage.SMALL);

            assertThat(Stage.complete(run).changed()).isZero();
            assertThat(run.proofs()).isEmpty();
        }
    }
}
