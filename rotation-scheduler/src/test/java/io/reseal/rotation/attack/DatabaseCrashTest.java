package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.testing.Databases.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batches commit without waiting for the disk: what a crash of the database undoes is done again, and a proof stays. */
class DatabaseCrashTest {

    private static final KeyId RETIRED = new KeyId(Scene.DB, 1);
    private static final String SLOWLY = "reencrypt database_encryption 25 8 15 30000";
    private static final String FAST = "reencrypt database_encryption 1000 8 0 30000";
    private static final String COMPLETED = "COMPLETED changed=" + Scene.ROWS + " quarantined=0 holds=true";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    @Test
    void batchesThatACrashUndoesAreDoneAgain() throws Exception {
        try (Server server = new Server(directory.resolve("data"));
                Scene scene = Scene.filled(server.database(), directory)) {
            scene.rotate(Scene.DB);
            JvmProcess engine = nodes.start("engine", scene);
            engine.tell(SLOWLY);
            scene.awaitChanges("engine", 500);
            engine.kill();
            long before = changed(scene);

            server.crash();
            server.start();

            assertThat(changed(scene)).as("what the crash left").isLessThan(before);
            assertThat(scene.changesBy("engine")).isEqualTo(changed(scene));
            scene.execute("UPDATE reseal_range SET lease_until = CURRENT_TIMESTAMP - INTERVAL '1' SECOND"
                    + " WHERE state = 'LEASED'");
            JvmProcess heir = nodes.start("heir", scene);
            heir.tell(FAST);
            assertThat(heir.answer("ended")).isEqualTo(COMPLETED);
            assertThat(scene.valuesUnder(RETIRED)).isZero();
            assertThat(scene.contents()).isEqualTo(Scene.untouched());
            assertThat(scene.changedTwice()).isEmpty();
        }
    }

    @Test
    void whatAProofHasSeenOutlivesACrashRightAfterIt() throws Exception {
        try (Server server = new Server(directory.resolve("data"));
                Scene scene = Scene.filled(server.database(), directory)) {
            scene.rotate(Scene.DB);
            JvmProcess engine = nodes.start("engine", scene);
            engine.tell(FAST);
            Scene.await(() -> scene.count("SELECT count(*) FROM reseal_run WHERE state = 'COMPLETED'") == 1);

            server.crash();
            server.start();

            assertThat(scene.count("SELECT count(*) FROM reseal_run WHERE state = 'COMPLETED'"))
                    .isEqualTo(1);
            assertThat(scene.valuesUnder(RETIRED)).isZero();
            assertThat(scene.contents()).isEqualTo(Scene.untouched());
        }
    }

    private static long changed(Scene scene) {
        return scene.count("SELECT sum(rows_changed) FROM reseal_range");
    }

    /** Waits for the disk at each commit unless it is told otherwise, and writes its log by itself as late as it can. */
    private static final class Server implements AutoCloseable {

        private final Path data;
        private EmbeddedPostgres postgres;

        Server(Path data) throws IOException {
            this.data = data;
            this.postgres = start(0);
        }

        void start() throws IOException {
            postgres = start(postgres.getPort());
        }

        private EmbeddedPostgres start(int port) throws IOException {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("autovacuum", "off")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("wal_writer_delay", "10s");
            return (port == 0 ? builder : builder.setPort(port)).start();
        }

        TestDatabase database() {
            return new TestDatabase("jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres", "postgres", "");
        }

        /** SIGQUIT: every server process ends on the spot, and the next start recovers from what is on disk. */
        void crash() throws IOException, InterruptedException {
            Path pidFile = data.resolve("postmaster.pid");
            String pid = Files.readAllLines(pidFile).get(0).trim();
            int status =
                    new ProcessBuilder("kill", "-QUIT", pid).inheritIO().start().waitFor();
            assertThat(status).isZero();
            Scene.await(() -> !Files.exists(pidFile));
            postgres.close();
        }

        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }
}
