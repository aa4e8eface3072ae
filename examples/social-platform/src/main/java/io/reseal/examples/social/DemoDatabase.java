package io.reseal.examples.social;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** The database of one run: its server, if it was started here, and the application's connection pool. */
final class DemoDatabase implements AutoCloseable {

    private static final int CONNECTIONS = Writers.COUNT + 2;

    private final String description;
    private final DatabaseChoice.Url url;
    private final HikariDataSource pool;
    private final Server server;

    private DemoDatabase(String description, DatabaseChoice.Url url, Server server) {
        this.description = description;
        this.url = url;
        this.server = server;
        this.pool = pool(url);
    }

    /** What has to be stopped when the run ends. */
    private interface Server {
        void stop() throws IOException;
    }

    /**
     * Opens the database, in {@code folder} if it is made for this run.
     *
     * @throws BadOptionException if the database that was asked for can't be reached or is in use
     */
    static DemoDatabase open(DatabaseChoice choice, Path folder) {
        if (choice instanceof DatabaseChoice.Url url) {
            return existing(url);
        }
        return choice instanceof DatabaseChoice.H2 ? h2(folder) : postgres(folder);
    }

    private static DemoDatabase h2(Path folder) {
        Path file = folder.resolve("social").toAbsolutePath();
        String url = "jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000";
        return new DemoDatabase(
                "embedded H2, file " + file + ".mv.db",
                new DatabaseChoice.Url(url, Optional.empty(), Optional.empty()),
                () -> {});
    }

    private static DemoDatabase postgres(Path folder) {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(folder.resolve("postgresql"))
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("synchronous_commit", "on")
                    .setRegisterShutdownHook(false)
                    .start();
            String url = server.getJdbcUrl("postgres", "postgres");
            return new DemoDatabase(
                    "embedded PostgreSQL, port " + server.getPort() + " on this machine",
                    new DatabaseChoice.Url(url, Optional.empty(), Optional.empty()),
                    server::close);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL server did not start", e);
        }
    }

    private static DemoDatabase existing(DatabaseChoice.Url url) {
        DemoDatabase database;
        try {
            database = new DemoDatabase(url.toString(), url, () -> {});
        } catch (RuntimeException e) {
            throw new BadOptionException(
                    DemoOptions.DATABASE,
                    url.url().split("[?;]", 2)[0],
                    "the database can't be reached; check the URL, -D" + DemoOptions.USER + " and -D"
                            + DemoOptions.PASSWORD);
        }
        try {
            database.requireEmptySchema();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** The demo makes tables with everyday names: it never does so beside those of somebody else. */
    private void requireEmptySchema() {
        try (Connection connection = pool.getConnection();
                ResultSet tables = connection.getMetaData().getTables(null, connection.getSchema(), "%", new String[] {
                    "TABLE", "BASE TABLE", "PARTITIONED TABLE"
                })) {
            if (tables.next()) {
                throw new BadOptionException(
                        DemoOptions.DATABASE,
                        url.url().split("[?;]", 2)[0],
                        "its schema " + connection.getSchema() + " already holds the table "
                                + tables.getString("TABLE_NAME") + "; name an empty database or schema");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The tables of " + url + " can't be listed", e);
        }
    }

    private static HikariDataSource pool(DatabaseChoice.Url url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("social-platform");
        config.setJdbcUrl(url.url());
        url.user().ifPresent(config::setUsername);
        url.password().ifPresent(config::setPassword);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    @Override
    public String toString() {
        return description;
    }

    DataSource dataSource() {
        return pool;
    }

    /** Where Reseal keeps its keys: the same database, through a small pool of its own. */
    Map<String, Object> keyStoreSettings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("reseal.keystore", url.url());
        url.user().ifPresent(user -> settings.put("reseal.keystore.user", user));
        url.password().ifPresent(password -> settings.put("reseal.keystore.password", password));
        return settings;
    }

    @Override
    public void close() {
        pool.close();
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded database server did not stop", e);
        }
    }
}
