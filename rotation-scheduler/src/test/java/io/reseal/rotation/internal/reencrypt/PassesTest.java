package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** When a run looks at a table again, and when it has looked often enough. */
class PassesTest {

    private static final int ROWS = 60;

    @TempDir
    Path directory;

    private static void poison(Stage stage) throws SQLException {
        stage.accounts(ROWS);
        stage.update(
                "UPDATE \"account\" SET \"secret\" = ? WHERE \"id\" = 1", (Object) stage.seal("elsewhere", "poison"));
    }

    /** As many values are left as were quarantined, and they are not the same. */
    @EachDatabase
    void aQuarantinedValueThatIsDeletedHidesNoneThatThePassNeverSaw(Databases kind) throws Exception {
        AtomicInteger windows = new AtomicInteger();
        try (Stage stage = new Stage(kind, directory)) {
            poison(stage);
            byte[] late = stage.seal("account.secret", "secret of 1");
            KeyId active = stage.rotate(Stage.DB);
            Interleaving exchange = claim -> {
                if (windows.incrementAndGet() == 2) {
                    update(stage, late);
                }
            };
            try (Engine engine = stage.engine(exchange)) {
                Reencryption run =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 2));

                Stage.complete(run);

                assertThat(run.proofs()).allMatch(Proof::holds);
                assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(ROWS);
                stage.requireSecretsIntact();
            }
        }
    }

    private static void update(Stage stage, byte[] late) {
        try {
            stage.update("UPDATE \"account\" SET \"secret\" = ? WHERE \"id\" = 1", (Object) late);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @EachDatabase
    void twoPassesThatEndTheSameWayAreEnough(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            poison(stage);
            KeyId active = stage.rotate(Stage.DB);

            Reencryption run = engine.start(Stage.DB, Stage.SMALL);

            assertThat(Stage.complete(run).quarantined()).isEqualTo(1);
            assertThat(run.proofs()).noneMatch(Proof::holds);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(ROWS - 1);
            assertThat(stage.count("SELECT pass FROM reseal_run")).isEqualTo(2);
        }
    }
}
