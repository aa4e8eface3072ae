package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.pace.Signal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** PostgreSQL 14 and newer; what other sessions do is visible to members of {@code pg_monitor} only. */
final class PostgresLoadSignals extends LoadSignals {

    private static final int COUNTS_ACTIVE_TIME = 14;
    private static final int FLUSHES_ON_DEMAND = 15;
    private static final String REMEDY = "not visible to this user: GRANT pg_monitor to it";

    private static final Map<Signal, Reader> READERS = new EnumMap<>(Map.of(
            Signal.REPLICA_LAG, (connection, tables) -> PostgresStorageLoad.replicaLag(connection),
            Signal.WAL_RETENTION, (connection, tables) -> PostgresStorageLoad.retention(connection),
            Signal.DISK_FREE, (connection, tables) -> PostgresStorageLoad.freeSpace(connection),
            Signal.AUTOVACUUM, PostgresTableLoad::autovacuum,
            Signal.DEAD_ROWS, PostgresTableLoad::deadRows,
            Signal.OLDEST_SNAPSHOT, (connection, tables) -> PostgresTableLoad.oldestSnapshot(connection),
            Signal.WAITERS, (connection, tables) -> PostgresTableLoad.waiters(connection)));

    private static final Set<Signal> PRIVILEGED =
            Set.of(Signal.REPLICA_LAG, Signal.AUTOVACUUM, Signal.OLDEST_SNAPSHOT, Signal.DISK_FREE);

    private interface Reader {
        LoadValue read(Connection connection, List<String> tables) throws SQLException;
    }

    /** In one transaction, because each would cost the database a commit of its own. */
    @Override
    public List<LoadValue> read(Connection connection, List<String> tables) throws SQLException {
        connection.setAutoCommit(false);
        try {
            boolean mayReadAll = mayReadAll(connection);
            List<LoadValue> values = new ArrayList<>();
            for (Map.Entry<Signal, Reader> one : READERS.entrySet()) {
                values.add(
                        mayReadAll || !PRIVILEGED.contains(one.getKey())
                                ? read(connection, tables, one)
                                : LoadValue.unknown(one.getKey(), REMEDY));
            }
            connection.commit();
            return values;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static LoadValue read(Connection connection, List<String> tables, Map.Entry<Signal, Reader> one)
            throws SQLException {
        try {
            return one.getValue().read(connection, tables);
        } catch (SQLException e) {
            connection.rollback();
            return LoadValue.unknown(one.getKey(), "it could not be read: SQL state " + e.getSQLState());
        }
    }

    private static boolean mayReadAll(Connection connection) throws SQLException {
        return LoadQuery.ask(
                connection,
                "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
                        + " AND pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')",
                List.of(),
                row -> row.getBoolean(1));
    }

    @Override
    public Optional<OtherSessions> others(Connection connection) throws SQLException {
        return LoadQuery.ask(
                connection,
                """
                SELECT count(*) FILTER (WHERE a.state <> 'idle'),
                       count(*) FILTER (WHERE a.state <> 'idle' OR a.state_change > clock_timestamp() - interval '3 s'),
                       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
                FROM pg_stat_get_activity(NULL) a
                WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
                  AND a.application_name NOT LIKE 'reseal-%'
                """,
                List.of(),
                row -> row.getBoolean(3)
                        ? Optional.of(new OtherSessions(row.getInt(1), row.getInt(2)))
                        : Optional.empty());
    }

    @Override
    public Optional<Traffic> traffic(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < COUNTS_ACTIVE_TIME) {
            return Optional.empty();
        }
        String flush = version < FLUSHES_ON_DEMAND ? "" : ", pg_stat_force_next_flush()";
        return LoadQuery.ask(
                connection,
                "SELECT xact_commit, active_time, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')" + flush
                        + " FROM pg_stat_database WHERE datname = current_database()",
                List.of(),
                row -> Optional.of(new Traffic(row.getLong(1), row.getDouble(2), row.getLong(3))));
    }
}
