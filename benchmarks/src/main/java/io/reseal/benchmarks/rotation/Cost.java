package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.ServerProcesses;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * What some work took.
 *
 * @param walBytes what the server logged meanwhile
 * @param clientCpu processor time of this process
 * @param serverCpu processor time of the server's processes
 */
record Cost(Duration time, long walBytes, Duration clientCpu, Duration serverCpu) {

    /** Does the work, while nobody else uses the server. */
    static Cost of(Database database, Runnable work) {
        try (Connection session = database.connect()) {
            ServerProcesses processes = ServerProcesses.of(session);
            Reading before = Reading.take(session, processes);
            work.run();
            return Reading.take(session, processes).since(before);
        } catch (SQLException e) {
            throw new IllegalStateException("The server's log position could not be read", e);
        }
    }

    private record Reading(long nanos, long wal, Duration client, Duration server) {

        static Reading take(Connection session, ServerProcesses processes) throws SQLException {
            long nanos = System.nanoTime();
            Duration client = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
            return new Reading(nanos, wal(session), client, processes.cpu());
        }

        private static long wal(Connection session) throws SQLException {
            try (Statement statement = session.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
                row.next();
                return row.getLong(1);
            }
        }

        Cost since(Reading start) {
            return new Cost(
                    Duration.ofNanos(nanos - start.nanos),
                    wal - start.wal,
                    client.minus(start.client),
                    server.minus(start.server));
        }
    }
}
