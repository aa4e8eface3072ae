package io.reseal.testing;

import io.reseal.ResealSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh databases for tests: PostgreSQL from one embedded server per JVM, and H2 in memory. */
public enum Databases {
    POSTGRESQL {
        @Override
        public TestDatabase fresh() {
            String name = nextName();
            try (Connection admin = Server.POSTGRES.getPostgresDatabase().getConnection();
                    var statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return new TestDatabase(
                    "jdbc:postgresql://127.0.0.1:" + Server.POSTGRES.getPort() + "/" + name, "postgres", "");
        }
    },
    H2 {
        @Override
        public TestDatabase fresh() {
            return new TestDatabase("jdbc:h2:mem:" + nextName() + ";DB_CLOSE_DELAY=-1", "sa", "");
        }
    };

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** An empty database that nobody else uses. */
    public abstract TestDatabase fresh();

    private static String nextName() {
        return "test_" + COUNT.incrementAndGet();
    }

    /** Started on first use; ends with the JVM. */
    private static final class Server {

        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_prepared_transactions", "20")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** How a test, and the settings that it hands to Reseal, reach a database. */
    public record TestDatabase(String url, String user, String password) {

        /** A connection that has nothing to do with Reseal's. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url, user, password);
        }

        /** The rows of a query on a connection of its own: columns joined by {@code |}. */
        public List<String> query(String sql) throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                List<String> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(joined(rows));
                }
                return result;
            }
        }

        /** Runs a statement on a connection of its own. */
        public void execute(String sql) throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** Settings with this database as the key store, and nothing else. */
        public ResealSettings settings() {
            return settings(Map.of());
        }

        /** Settings with this database as the key store. */
        public ResealSettings settings(Map<String, ?> others) {
            Map<String, Object> settings = new HashMap<>(others);
            settings.putIfAbsent(ResealSettings.KEY_STORE, url);
            settings.putIfAbsent(ResealSettings.KEY_STORE_USER, user);
            settings.putIfAbsent(ResealSettings.KEY_STORE_PASSWORD, password);
            return ResealSettings.from(settings);
        }

        private static String joined(ResultSet row) throws SQLException {
            StringJoiner line = new StringJoiner("|");
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                line.add(row.getString(i));
            }
            return line.toString();
        }
    }
}
