package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rows that somebody changed by SQL, and what run and proof say about them. */
class DamagedRowsTest {

    private static final KeyId RETIRED = new KeyId(Scene.DB, 1);
    private static final String QUICKLY = "reencrypt database_encryption 500 8 0 3000";

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

    private static long remaining(Proof proof, String column) {
        return proof.columns().stream()
                .filter(one -> one.table().equals("account") && one.column().equals(column))
                .mapToLong(ColumnProof::remaining)
                .sum();
    }

    @Test
    void oneStaleValuePlantedAfterTheRunBreaksTheProofAndIsNamed() throws Exception {
        scene.execute("CREATE TABLE kept AS SELECT id, note FROM account WHERE id = 4321");
        JvmProcess engine = nodes.start("engine", scene);
        engine.tell(QUICKLY);
        assertThat(engine.answer("ended")).endsWith("holds=true");
        assertThat(scene.rotation().proofs().take(RETIRED).holds()).isTrue();

        scene.execute("UPDATE account SET note = kept.note FROM kept WHERE account.id = kept.id");

        Proof proof = scene.rotation().proofs().take(RETIRED);
        assertThat(proof.holds()).isFalse();
        assertThat(proof.remaining()).isEqualTo(1);
        assertThat(remaining(proof, "note")).isEqualTo(1);
    }

    @Test
    void aFlippedBitIsQuarantinedAloneAndKeepsTheProofFromHolding() throws Exception {
        scene.execute("UPDATE account SET secret = set_bit(secret, 200, 1 - get_bit(secret, 200)) WHERE id = 1234");
        String poisoned = "SELECT encode(secret, 'hex') FROM account WHERE id = 1234";
        String before = scene.database().query(poisoned).get(0);

        JvmProcess engine = nodes.start("engine", scene);
        engine.tell(QUICKLY);

        assertThat(engine.answer("ended")).isEqualTo("COMPLETED changed=" + Scene.ROWS + " quarantined=1 holds=false");
        Proof proof = scene.rotation().proofs().take(RETIRED);
        assertThat(proof.holds()).isFalse();
        assertThat(remaining(proof, "secret")).isEqualTo(1);
        assertThat(proof.remaining()).isEqualTo(1);
        assertThat(scene.database().query(poisoned)).containsExactly(before);
        assertThat(scene.database().query("SELECT column_name, error_class FROM reseal_quarantine"))
                .containsExactly("secret|io.reseal.TamperedValueException");
        assertThat(scene.valuesUnder(RETIRED)).isEqualTo(1);
    }
}
