package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.pace.Signal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A database that is asked for nothing but a sign of life. */
final class PlainLoadSignals extends LoadSignals {

    @Override
    public List<LoadValue> read(Connection connection, List<String> tables) {
        return Stream.of(
                        Signal.REPLICA_LAG,
                        Signal.WAL_RATE,
                        Signal.WAL_RETENTION,
                        Signal.AUTOVACUUM,
                        Signal.OLDEST_SNAPSHOT,
                        Signal.DEAD_ROWS,
                        Signal.WAITERS,
                        Signal.DISK_FREE)
                .map(signal -> LoadValue.unknown(signal, "not read on this database: a hook can"))
                .toList();
    }

    @Override
    public Optional<OtherSessions> others(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(LONGEST_SECONDS);
            statement.execute("SELECT 1");
        }
        return Optional.empty();
    }

    @Override
    public Optional<Traffic> traffic(Connection connection) {
        return Optional.empty();
    }
}
