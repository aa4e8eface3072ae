package io.reseal.internal.store;

import io.reseal.KeyStoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the key store's statements may take: the server is told to stop them, and a server that says nothing any more
 * loses its connection a second later.
 */
final class TimeLimit {

    private static final Logger LOG = LoggerFactory.getLogger(TimeLimit.class);

    private final int seconds;

    TimeLimit(Duration limit) {
        seconds = (int) Math.max(
                1, Math.min(TimeUnit.HOURS.toSeconds(1), limit.plusMillis(999).toSeconds()));
    }

    /** Works with a handle whose connection goes back to its pool as it came. */
    <T> T within(Handle handle, Function<Handle, T> work) {
        handle.getConfig(SqlStatements.class).setQueryTimeout(seconds);
        try {
            int before = handle.getConnection().getNetworkTimeout();
            silence(handle.getConnection(), (int) TimeUnit.SECONDS.toMillis(seconds + 1L));
            try {
                return work.apply(handle);
            } finally {
                restore(handle.getConnection(), before);
            }
        } catch (SQLException e) {
            throw new KeyStoreUnavailableException(
                    "The connection to the key store broke. Check the database behind reseal.keystore, and try again",
                    e);
        }
    }

    /** A connection that takes no setting any more is broken, which its pool finds out by itself. */
    private static void restore(Connection connection, int millis) {
        try {
            silence(connection, millis);
        } catch (SQLException e) {
            LOG.debug("A connection to the key store broke", e);
        }
    }

    private static void silence(Connection connection, int millis) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, millis);
    }
}
