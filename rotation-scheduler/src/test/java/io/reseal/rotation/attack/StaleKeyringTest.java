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

/** Node processes that know less of the keys than the key store does. */
class StaleKeyringTest {

    private static final long ID = 50_000;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private Scene scene;

    @BeforeEach
    void fill() throws Exception {
        scene = Scene.filled(Databases.POSTGRESQL.fresh(), directory);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private String headerOf(long id) throws Exception {
        return scene.database()
                .query("SELECT encode(substring(secret FROM 1 FOR 5), 'hex') FROM account WHERE id = " + id)
                .get(0);
    }

    private static String header(KeyId key) {
        return java.util.HexFormat.of().formatHex(key.header());
    }

    @Test
    void aNodeThatSleptThroughARotationSealsUnderTheNewKey() throws Exception {
        JvmProcess sleeper = nodes.start("sleeper", scene, "PT0.2S", "PT1S");
        sleeper.tell("put " + ID + " before");
        sleeper.answer("put");
        assertThat(headerOf(ID)).isEqualTo(header(new KeyId(Scene.DB, 1)));

        sleeper.freeze();
        KeyId active = scene.rotate(Scene.DB);
        sleeper.tell("put " + (ID + 1) + " after");
        sleeper.thaw();
        sleeper.answer("put");

        assertThat(headerOf(ID + 1)).isEqualTo(header(active));
    }

    @Test
    void aNodeReadsAtOnceWhatWasSealedUnderAKeyThatItHasNotHeardOf() throws Exception {
        JvmProcess ignorant = nodes.start("ignorant", scene, "PT1H", "PT2H");
        ignorant.tell("get 1");
        ignorant.answer("got");
        scene.execute("DELETE FROM reseal_node"); // or the rotation would wait for its lease
        KeyId active = scene.rotate(Scene.DB);
        JvmProcess informed = nodes.start("informed", scene);
        informed.tell("put " + ID + " news");
        informed.answer("put");
        assertThat(headerOf(ID)).isEqualTo(header(active));

        ignorant.tell("get " + ID);

        assertThat(ignorant.answer("got")).isEqualTo("news");
    }

    /** The one assumption of the soft proof that only a fence could do without; the next run mends it. */
    @Test
    void whatAFrozenWriterCommitsAfterTheProofIsFoundByTheNextProofAndMendedByTheNextRun() throws Exception {
        KeyId retired = new KeyId(Scene.DB, 1);
        JvmProcess sleeper = nodes.start("sleeper", scene, "PT0.2S", "PT1S");
        sleeper.tell("sealed-but-not-committed " + ID);
        sleeper.answer("sealed");
        sleeper.freeze();
        scene.rotate(Scene.DB);
        JvmProcess engine = nodes.start("engine", scene);
        engine.tell("reencrypt database_encryption 500 8 0 3000");
        assertThat(engine.answer("ended")).endsWith("holds=true");
        assertThat(scene.rotation().proofs().take(retired).assumptions())
                .anySatisfy(assumption -> assertThat(assumption).contains("between sealing a value and committing it"));

        sleeper.tell("commit");
        sleeper.thaw();
        sleeper.answer("committed");

        assertThat(scene.valuesUnder(retired)).isEqualTo(1);
        assertThat(scene.rotation().proofs().take(retired).remaining()).isEqualTo(1);
        engine.tell("reencrypt database_encryption 500 8 0 3000");
        assertThat(engine.answer("ended")).startsWith("COMPLETED changed=1 ").endsWith("holds=true");
        assertThat(scene.valuesUnder(retired)).isZero();
    }
}
