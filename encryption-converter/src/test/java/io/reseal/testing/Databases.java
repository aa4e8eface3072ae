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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Fresh databases for tests: PostgreSQL and MariaDB from one server each per JVM, and H2 in memory. */
public enum Databases {
    POSTGRESQL {
        @Override
        public TestDatabase fresh() {
            String name = nextName();
            try (Connection admin =
                            PostgresServer.POSTGRES.getPostgresDatabase().getConnection();
                    var statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return new TestDatabase(
                    "jdbc:postgresql://127.0.0.1:" + PostgresServer.POSTGRES.getPort() + "/" + name, "postgres", "");
        }
    },
    H2 {
        @Override
        public TestDatabase fresh() {
            return new TestDatabase("jdbc:h2:mem:" + nextName() + ";DB_CLOSE_DELAY=-1", "sa", "");
        }
    },
    MARIADB {
        @Override
        public TestDatabase fresh() {
            Assumptions.assumeTrue(chosen().contains(this), "the profile mariadb has it");
            String name = nextName();
            try {
                new TestDatabase(MariaDbServer.MARIADB.url(""), "root", "").execute("CREATE DATABASE " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return new TestDatabase(MariaDbServer.MARIADB.url(name), "root", "");
        }
    };

    private static final String CHOSEN = System.getProperty("reseal.test.databases", "POSTGRESQL,H2");

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** An empty database that nobody else uses. */
    public abstract TestDatabase fresh();

    /** Those of the system property {@code reseal.test.databases}; without it PostgreSQL and H2. */
    public static List<Databases> chosen() {
        return Stream.of(CHOSEN.split(",")).map(Databases::valueOf).toList();
    }

    private static String nextName() {
        return "test_" + COUNT.incrementAndGet();
    }

    /** Started on first use; ends with the JVM. */
    private static final class PostgresServer {

        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("autovacuum", "off") // it would look into all databases of the tests before
                        .setServerConfig("max_prepared_transactions", "20")
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Started on first use; ends with the JVM. */
    private static final class MariaDbServer {

        static final MariaServer MARIADB = MariaServer.start();
    }

    /** How a test, and the settings that it hands to Reseal, reach a database. */
    public record TestDatabase(String url, String user, String password) {

        /** A connection that has nothing to do with Reseal's. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url + ownSqlMode(), user, password);
        }

        /** Tests write standard SQL; Reseal's own connections get along with what the server does by default. */
        private String ownSqlMode() {
            return url.startsWith("jdbc:mariadb:")
                    ? "?sessionVariables=sql_mode='STRICT_ALL_TABLES,ANSI'&allowMultiQueries=true"
                    : "";
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
