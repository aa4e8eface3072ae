package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.testing.Databases.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run goes on after its database went away under it. */
class DatabaseOutageTest {

    private static final KeyId RETIRED = new KeyId(Scene.DB, 1);
    private static final String SLOWLY = "reencrypt database_encryption 25 8 15 1000";
    private static final String COMPLETED = "COMPLETED changed=" + Scene.ROWS + " quarantined=0 holds=true";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    @Test
    void aRunOutlivesARestartOfTheServerAndTheLossOfEverySession() throws Exception {
        EmbeddedPostgres server = start(0);
        try {
            TestDatabase database =
                    new TestDatabase("jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres", "postgres", "");
            try (Scene scene = Scene.filled(database, directory)) {
                scene.rotate(Scene.DB);
                JvmProcess engine = nodes.start("engine", scene);
                engine.tell(SLOWLY);
                for (int i = 1; i <= 3; i++) {
                    scene.awaitChanges("engine", i * 500L);
                    scene.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name IN ('engine', 'reseal-engine')");
                }
                scene.awaitChanges("engine", 2_000);
                int port = server.getPort();
                server.close();
                server = start(port);

                assertThat(engine.answer("ended")).isEqualTo(COMPLETED);
                assertThat(scene.valuesUnder(RETIRED)).isZero();
                assertThat(scene.contents()).isEqualTo(Scene.untouched());
                assertThat(scene.changedTwice()).isEmpty();
            }
        } finally {
            server.close();
        }
    }

    /** Starts on whatever the data directory holds by now. */
    private EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setCleanDataDirectory(false)
                .setServerConfig("listen_addresses", "127.0.0.1");
        return (port == 0 ? builder : builder.setPort(port)).start();
    }
}
