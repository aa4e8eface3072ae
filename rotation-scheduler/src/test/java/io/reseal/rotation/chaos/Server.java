package io.reseal.rotation.chaos;

import io.reseal.testing.Databases.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A PostgreSQL server of the test's own, which it can shut down and crash; the data and the port stay. */
final class Server implements AutoCloseable {

    static final String ROLE = "app";

    private final Path data;
    private volatile EmbeddedPostgres running;

    Server(Path data) throws IOException, SQLException {
        this.data = data;
        this.running = start(0);
        admin("postgres").execute("CREATE ROLE " + ROLE + " LOGIN");
        admin("postgres").execute("CREATE DATABASE chaos OWNER " + ROLE);
    }

    int port() {
        return running.getPort();
    }

    /** As a role without special rights. */
    TestDatabase database() {
        return new TestDatabase("jdbc:postgresql://127.0.0.1:" + port() + "/chaos", ROLE, "");
    }

    /** The same as the superuser, for whom some connections are reserved. */
    TestDatabase witness() {
        return admin("chaos");
    }

    private TestDatabase admin(String database) {
        String url = "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?ApplicationName=witness";
        return new TestDatabase(url + "&connectTimeout=5&socketTimeout=60", "postgres", "");
    }

    /**
     * Shuts down and starts again.
     *
     * @param signal {@code INT} for a fast shutdown, {@code QUIT} for an immediate one
     */
    void restart(String signal, Duration down) throws IOException, InterruptedException {
        Path pid = data.resolve("postmaster.pid");
        String number = Files.readAllLines(pid).get(0).trim();
        int status = new ProcessBuilder(List.of("kill", "-" + signal, number))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("SIG" + signal + " did not reach the server");
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.notExists(pid));
        Thread.sleep(down.toMillis());
        int port = port();
        running.close();
        running = start(port);
    }

    /** Starts on whatever the data directory holds by now. */
    private EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("max_connections", "90")
                .setServerConfig("synchronous_commit", "on") // embedded servers lose the last commits in a crash else
                .setServerConfig("track_commit_timestamp", "on");
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
