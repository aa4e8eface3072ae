package io.reseal.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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
    }
}
