package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers in two processes against engines in two more, while both key types rotate again and again. The system property
 * {@code reseal.attack.seconds} says for how long at least.
 */
class RacingWritersTest {

    private static final Duration RACE = Duration.ofSeconds(Long.getLong("reseal.attack.seconds", 12));
    private static final int ROTATIONS = 4;
    private static final int SLOTS = 4;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    @Test
    void noWriteIsLostOrChangedAndNothingStaysUnderRetiredKeys() throws Exception {
        try (Scene scene = Scene.filled(Databases.POSTGRESQL.fresh(), directory)) {
            JvmProcess one = writer("writer-a", scene, 0);
            JvmProcess two = writer("writer-b", scene, 2);
            int rotations = race(scene);
            one.tell("stop");
            two.tell("stop");
            assertThat(Long.parseLong(one.answer("wrote"))).isGreaterThan(100);
            assertThat(Long.parseLong(two.answer("wrote"))).isGreaterThan(100);

            Oracle oracle = Oracle.merged(List.of(
                    Oracle.load(directory.resolve("writer-a.json")), Oracle.load(directory.resolve("writer-b.json"))));
            reencryptTheRest(scene);

            assertThat(rotations).isGreaterThanOrEqualTo(ROTATIONS);
            assertThat(scene.changesBy("engine-db") + scene.changesBy("engine-token"))
                    .isGreaterThan(Scene.ROWS);
            assertThat(scene.contents()).isEqualTo(expected(oracle));
            requireEveryCommitCounted(oracle);
            requireNothingStale(scene);
        }
    }

    private JvmProcess writer(String name, Scene scene, int firstSlot) throws Exception {
        JvmProcess node = nodes.start(name, scene, "PT0.2S", "PT2S");
        node.tell("write " + firstSlot + " " + SLOTS / 2 + " " + SLOTS + " " + directory.resolve(name + ".json"));
        node.answer("writing");
        return node;
    }

    /** Returns how many rotations there were; each overtakes the run of the one before, if that is still under way. */
    private int race(Scene scene) throws Exception {
        nodes.start("engine-db", scene, "PT0.2S", "PT2S").tell("reencrypt-on database_encryption 50 8 2 3000");
        nodes.start("engine-token", scene, "PT0.2S", "PT2S").tell("reencrypt-on token_encryption 50 8 2 3000");
        long end = System.nanoTime() + RACE.toNanos();
        int rotations = 0;
        while (System.nanoTime() < end || rotations < ROTATIONS) {
            scene.rotate(rotations % 3 == 2 ? Scene.TOKEN : Scene.DB);
            rotations++;
        }
        return rotations;
    }

    private void reencryptTheRest(Scene scene) throws Exception {
        JvmProcess last = nodes.start("last", scene, "PT0.2S", "PT2S");
        for (KeyType type : List.of(Scene.DB, Scene.TOKEN)) {
            scene.rotate(type);
            last.tell("reencrypt " + type.name() + " 500 8 0 3000");
            assertThat(last.answer("ended")).startsWith("COMPLETED").endsWith("quarantined=0 holds=true");
        }
    }

    /** Nobody but the test's filling wrote the hot rows that no writer got to. */
    private static Map<Long, Content> expected(Oracle oracle) {
        Map<Long, Content> all = new HashMap<>();
        LongStream.range(0, Writer.HOT).forEach(id -> all.put(id, Scene.initial(id)));
        all.putAll(oracle.rows());
        return all;
    }

    /** A version counts its row's commits: one more, and the engine had a hand in it; one less, and a write was lost. */
    private static void requireEveryCommitCounted(Oracle oracle) {
        for (long id = 0; id < Writer.HOT; id++) {
            assertThat(Objects.requireNonNull(oracle.rows().get(id)).version())
                    .isEqualTo(oracle.commits().get(id))
                    .isPositive();
        }
    }

    private static void requireNothingStale(Scene scene) {
        for (var version : scene.rotation().keys()) {
            if (version.state() == KeyState.DEACTIVATED) {
                KeyId retired = version.id();
                assertThat(scene.valuesUnder(retired)).as(retired.toString()).isZero();
                assertThat(scene.rotation().proofs().take(retired).holds()).isTrue();
            }
        }
    }
}
