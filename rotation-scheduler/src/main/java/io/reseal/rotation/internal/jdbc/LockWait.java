package io.reseal.rotation.internal.jdbc;

import io.reseal.database.DatabaseProduct;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Bounds how long each statement waits for the locks of others: PostgreSQL waits for ever by default. For one transaction, after which
 * the connection is as before.
 */
public final class LockWait {

    private static final int MILLIS = 1_000;

    private final Duration patience;

    public LockWait(Duration patience) {
        this.patience = patience;
    }

    /** What is done in the transaction. */
    public interface Work<T> {
        T run() throws SQLException;
    }

    /** Runs the statements of a transaction that is open on {@code connection}; one that waits longer fails. */
    public <T> T bound(Connection connection, Work<T> work) throws SQLException {
        return switch (DatabaseProduct.named(connection.getMetaData().getDatabaseProductName())) {
            case POSTGRESQL -> inTransaction(connection, work);
            case H2 -> inSession(connection, work, new Setting("SELECT LOCK_TIMEOUT()", "SET LOCK_TIMEOUT ", MILLIS));
            case MARIADB ->
                inSession(
                        connection,
                        () -> inSession(
                                connection,
                                work,
                                new Setting("SELECT @@lock_wait_timeout", "SET lock_wait_timeout = ", 1)),
                        new Setting("SELECT @@innodb_lock_wait_timeout", "SET innodb_lock_wait_timeout = ", 1));
        };
    }

    private <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('lock_timeout', ?, true)")) {
            statement.setString(1, Long.toString(patience.toMillis()));
            statement.execute();
        }
        return work.run();
    }

    /** @param perSecond the unit that it counts in */
    private record Setting(String asked, String set, int perSecond) {}

    private <T> T inSession(Connection connection, Work<T> work, Setting setting) throws SQLException {
        long before = ask(connection, setting.asked());
        set(connection, setting, patience.toMillis() * setting.perSecond() / MILLIS);
        try {
            return work.run();
        } finally {
            set(connection, setting, before);
        }
    }

    private static long ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void set(Connection connection, Setting setting, long value) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(setting.set() + value);
        }
    }
}
