package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches, from the server's side, the statements that still read the table when all rows are done: the pass that
 * verifies. Looks every few milliseconds, so that the waiting before the pass is not counted.
 */
final class VerificationWatch implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(5);

    private final Connection connection;
    private final PreparedStatement running;
    private final Map<String, Duration> seen = new HashMap<>();

    private VerificationWatch(Connection connection, PreparedStatement running) {
        this.connection = connection;
        this.running = running;
    }

    static VerificationWatch on(Database database) {
        try {
            Connection connection = database.connect();
            return new VerificationWatch(connection, connection.prepareStatement("""
                    SELECT pid || ' ' || query_start, (extract(epoch FROM clock_timestamp() - query_start) * 1e6)::bigint
                    FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
                      AND query LIKE '%FROM%customer%'
                    """));
        } catch (SQLException e) {
            throw new IllegalStateException("A session could not be opened", e);
        }
    }

    /** Notes how long what runs now has been running, and rests a moment. */
    void look() {
        try (ResultSet row = running.executeQuery()) {
            while (row.next()) {
                seen.put(row.getString(1), Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(row.getLong(2))));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The server's activity could not be read", e);
        }
        LockSupport.parkNanos(LOOK.toNanos());
    }

    /** What the statements took together; one too short to be seen took no longer than the time between two looks. */
    Duration duration() {
        return seen.values().stream().reduce(LOOK, Duration::plus);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("A session could not be closed", e);
        }
    }
}
