package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Node processes that are killed at the moment when idle ones take a part of what they have before them. */
class SplitFailureTest {

    private static final KeyId RETIRED = new KeyId(Scene.DB, 1);
    private static final String SLOWLY = "reencrypt database_encryption 25 8 60 1000";
    private static final String QUICKLY = "reencrypt database_encryption 500 8 0 1000";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private Scene scene;

    @BeforeEach
    void fill() throws Exception {
        scene = Scene.filled(Databases.POSTGRESQL.fresh(), directory);
        scene.rotate(Scene.DB);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private long ranges() {
        return scene.count("SELECT count(*) FROM reseal_range WHERE kind = 'TABLE'");
    }

    /** As if the run had been planned when the table was empty. */
    private void makeOneRangeOfAll() throws Exception {
        scene.execute("""
                BEGIN;
                UPDATE reseal_range SET up_to_key = NULL WHERE kind = 'TABLE' AND after_key IS NULL;
                DELETE FROM reseal_range WHERE kind = 'TABLE' AND after_key IS NOT NULL;
                COMMIT;
                """);
        assertThat(ranges()).isEqualTo(1);
    }

    @Test
    void theOwnerAndOneOfThoseWhoSplitItsRangeAreKilledAndNothingIsLostOrRepeated() throws Exception {
        JvmProcess owner = nodes.start("owner", scene);
        JvmProcess heir = nodes.start("heir", scene);
        JvmProcess last = nodes.start("last", scene);
        owner.tell(SLOWLY);
        scene.awaitChanges("owner", 1);
        makeOneRangeOfAll();
        heir.tell(SLOWLY);
        Scene.await(() -> ranges() > 1);
        owner.kill();
        scene.awaitChanges("heir", 1);
        last.tell(QUICKLY);
        scene.awaitChanges("last", 1);

        heir.kill();

        assertThat(last.answer("ended")).isEqualTo("COMPLETED changed=" + Scene.ROWS + " quarantined=0 holds=true");
        assertThat(scene.valuesUnder(RETIRED)).isZero();
        assertThat(scene.contents()).isEqualTo(Scene.untouched());
        assertThat(scene.changedTwice()).isEmpty();
        assertThat(scene.changesBy("heir") + scene.changesBy("owner")).isBetween(1L, Scene.ROWS - 1L);
        assertThat(scene.rotation().proofs().take(RETIRED).holds()).isTrue();
    }
}
