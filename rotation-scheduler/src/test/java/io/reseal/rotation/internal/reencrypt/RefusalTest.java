package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {

    @TempDir
    Path directory;

    @EachDatabase
    void namesEveryTableAndColumnThatIsGoneAndTouchesNothing(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(10);
            stage.record("account", "dropped", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.record("missing", "value", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.execute("CREATE TABLE \"keyless\" (\"v\" BYTES)");
            stage.record("keyless", "v", StorageForm.BINARY, Stage.DB, List.of("owner"), true);
            KeyId retired = new KeyId(Stage.DB, 1);
            stage.rotate(Stage.DB);

            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The column account.dropped does not exist")
                    .hasMessageContaining("The table missing does not exist")
                    .hasMessageContaining("The key column keyless.owner does not exist");

            assertThat(stage.binaryUnder("account", "secret", retired)).isEqualTo(10);
            assertThat(stage.count("SELECT COUNT(*) FROM reseal_run")).isZero();
        }
    }

    @EachDatabase
    void refusesAnEmptyCatalogBecauseItWouldLookLikeAFinishedRun(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.rotate(Stage.DB);

            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The catalog of columns lists none");
        }
    }

    @EachDatabase
    void refusesAColumnWhoseKeyTypeHasNoActiveVersion(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(1);
            stage.execute("CREATE TABLE \"file\" (\"id\" bigint PRIMARY KEY, \"v\" BYTES)");
            stage.record("file", "v", StorageForm.BINARY, KeyType.FILE_ENCRYPTION, List.of("id"), true);
            stage.rotate(Stage.DB);

            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("file.v is mapped to the key type file_encryption");
        }
    }
}
