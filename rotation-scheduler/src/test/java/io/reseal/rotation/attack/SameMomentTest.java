package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two node processes that do the same thing to the keys at the same moment. */
class SameMomentTest {

    private static final int ROUNDS = 3;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    @Test
    void nodesThatBootOnAnEmptyDatabaseAtOnceAgreeOnTheFirstKey() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            TestDatabase database = Databases.POSTGRESQL.fresh();
            database.execute(Account.TABLE);
            Path keyFile = directory.resolve("kek" + round + ".json");
            JvmProcess one = nodes.start("one", database, keyFile);
            JvmProcess two = nodes.start("two", database, keyFile);

            one.tell("boot");
            two.tell("boot");
            one.answer("booted");
            two.answer("booted");

            assertThat(database.query("SELECT key_type, version, state FROM reseal_key ORDER BY key_type"))
                    .containsExactly("database_encryption|1|ACTIVE", "token_encryption|1|ACTIVE");
            requireMutuallyReadable(one, two, 1);
            one.kill();
            two.kill();
        }
    }

    @Test
    void nodesThatRotateAKeyTypeAtOnceLeaveOneActiveVersion() throws Exception {
        try (Scene scene = Scene.filled(Databases.POSTGRESQL.fresh(), directory)) {
            JvmProcess one = nodes.start("one", scene);
            JvmProcess two = nodes.start("two", scene);
            for (int round = 1; round <= ROUNDS; round++) {
                one.tell("rotate database_encryption");
                two.tell("rotate database_encryption");
                int active = Math.max(Integer.parseInt(one.answer("active")), Integer.parseInt(two.answer("active")));

                List<String> keys = scene.database()
                        .query("SELECT version, state FROM reseal_key WHERE key_type = 'database_encryption'"
                                + " ORDER BY version");
                assertThat(keys).hasSize(active).last().isEqualTo(active + "|ACTIVE");
                assertThat(keys.subList(0, active - 1)).allMatch(key -> key.endsWith("|DEACTIVATED"));
                requireMutuallyReadable(one, two, 10_000 + 2 * round);
            }
        }
    }

    private static void requireMutuallyReadable(JvmProcess one, JvmProcess two, int id) throws Exception {
        one.tell("put " + id + " by-one");
        two.tell("put " + (id + 1) + " by-two");
        one.answer("put");
        two.answer("put");
        one.tell("get " + (id + 1));
        two.tell("get " + id);
        assertThat(one.answer("got")).isEqualTo("by-two");
        assertThat(two.answer("got")).isEqualTo("by-one");
    }
}
