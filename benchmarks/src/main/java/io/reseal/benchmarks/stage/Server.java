package io.reseal.benchmarks.stage;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of the benchmark's own, on 127.0.0.1, whose data is deleted when it is closed. It writes durably, as
 * in production, and holds everything in memory; nothing happens at a time of its own choosing.
 */
public final class Server implements AutoCloseable {

    private static final long MOST_BUFFERS_MIB = 4_096;
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("shared_buffers", sharedBuffers(Machine.memory())),
            Map.entry("max_wal_size", "32GB"),
            Map.entry("min_wal_size", "4GB"),
            Map.entry("checkpoint_timeout", "1h"),
            Map.entry("autovacuum", "off"),
            Map.entry("max_connections", "100")));

    private final EmbeddedPostgres postgres;
    private final Path folder;

    private Server(EmbeddedPostgres postgres, Path folder) {
        this.postgres = postgres;
        this.folder = folder;
    }

    /** A quarter of the machine's memory, 4 GiB at most: a table of a few million rows fits. */
    static String sharedBuffers(long memory) {
        return Math.min(MOST_BUFFERS_MIB, (memory >> 20) / 4) + "MB";
    }

    /** Starts it, with its data in a new folder inside {@code folder}. */
    public static Server start(Path folder) {
        try {
            Files.createDirectories(folder);
            Path own = Files.createTempDirectory(folder, "postgresql-");
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(own.resolve("data"))
                    .setLocaleConfig("locale", "C");
            SETTINGS.forEach(builder::setServerConfig);
            return new Server(builder.start(), own);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL server did not start", e);
        }
    }

    /** Its version, and the settings that differ from PostgreSQL's own. */
    public String describe() {
        String settings = SETTINGS.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(", "));
        return "PostgreSQL " + maintenance().text("SHOW server_version") + ", " + settings;
    }

    /** Creates an empty database. */
    public Database create(String name) {
        maintenance().execute("CREATE DATABASE " + name);
        return database(name);
    }

    /**
     * Makes {@code name} a copy of {@code template}, file by file, so that its tables are in the same physical state; one
     * of that name is dropped first. Nobody may be connected to either.
     */
    public Database copy(String template, String name) {
        drop(name);
        maintenance().execute("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY = FILE_COPY");
        return database(name);
    }

    public void drop(String name) {
        maintenance().execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    /** The database that is always there. */
    public Database maintenance() {
        return database("postgres");
    }

    private Database database(String name) {
        return new Database(name, postgres.getJdbcUrl("postgres", name), folder.resolve("kek.json"));
    }

    @Override
    public void close() {
        try {
            postgres.close();
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL server did not stop", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> found = Files.walk(folder)) {
            paths = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
