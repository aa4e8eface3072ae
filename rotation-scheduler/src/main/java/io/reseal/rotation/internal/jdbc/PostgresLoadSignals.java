package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** PostgreSQL 14 and newer; what other sessions do is visible to members of {@code pg_monitor} only. */
final class PostgresLoadSignals extends LoadSignals {

    private static final int COUNTS_ACTIVE_TIME = 14;
    private static final int FLUSHES_ON_DEMAND = 15;
    private static final int WRAPAROUND = 100;
    private static final double GIB = 1L << 30;
    /** Each table by itself, because a plain one is in no partition tree, and its partitions. */
    private static final String TABLES = """
            WITH named AS (SELECT to_regclass(n.name) AS relid FROM unnest(?::text[]) AS n(name)),
                 tables AS (SELECT relid FROM named
                            UNION SELECT p.relid FROM named, pg_partition_tree(named.relid) AS p)
            """;

    private static final String REMEDY = "not visible to this user: GRANT pg_monitor to it";

    private static final Map<Signal, Reader> READERS = new EnumMap<>(Map.of(
            Signal.REPLICA_LAG, (connection, tables) -> replicaLag(connection),
            Signal.AUTOVACUUM, PostgresLoadSignals::autovacuum,
            Signal.OLDEST_SNAPSHOT, (connection, tables) -> oldestSnapshot(connection),
            Signal.DISK_FREE, (connection, tables) -> freeSpace(connection),
            Signal.WAL_RETENTION, (connection, tables) -> retention(connection),
            Signal.DEAD_ROWS, PostgresLoadSignals::deadRows,
            Signal.WAITERS, (connection, tables) -> waiters(connection)));

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
        return query(
                connection,
                "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
                        + " AND pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')",
                List.of(),
                row -> row.getBoolean(1));
    }

    private static LoadValue replicaLag(Connection connection) throws SQLException {
        return query(
                connection,
                """
                SELECT count(*), COALESCE(max(EXTRACT(EPOCH FROM replay_lag)), 0) FROM pg_stat_replication
                """,
                List.of(),
                row -> LoadValue.of(
                        Signal.REPLICA_LAG,
                        row.getDouble(2),
                        row.getInt(1) == 0
                                ? "no replica is connected"
                                : String.format(
                                        Locale.ROOT,
                                        "the slowest of %d replicas is %.1f s behind",
                                        row.getInt(1),
                                        row.getDouble(2))));
    }

    /** A slot that nobody reads keeps the log until the disk is full. */
    private static LoadValue retention(Connection connection) throws SQLException {
        return query(
                connection,
                """
                SELECT COALESCE(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0),
                       count(*), count(*) FILTER (WHERE NOT active)
                FROM pg_replication_slots WHERE restart_lsn IS NOT NULL
                """,
                List.of(),
                row -> LoadValue.of(
                        Signal.WAL_RETENTION,
                        row.getDouble(1) / GIB,
                        String.format(
                                Locale.ROOT,
                                "%d replication slots, %d of them inactive, keep %.2f GiB of the log",
                                row.getInt(2),
                                row.getInt(3),
                                row.getDouble(1) / GIB)));
    }

    private static LoadValue autovacuum(Connection connection, List<String> tables) throws SQLException {
        return query(connection, TABLES + """
                SELECT count(*), count(*) FILTER (WHERE a.query LIKE '%to prevent wraparound%')
                FROM pg_stat_activity a JOIN pg_stat_progress_vacuum v ON v.pid = a.pid
                WHERE a.backend_type = 'autovacuum worker' AND v.relid IN (SELECT relid FROM tables)
                """, tables, row -> autovacuum(row.getInt(1), row.getInt(2)));
    }

    /** Holding up a vacuum that prevents wraparound ends in a database that refuses all writes. */
    static LoadValue autovacuum(int workers, int preventingWraparound) {
        if (preventingWraparound > 0) {
            return LoadValue.of(
                    Signal.AUTOVACUUM,
                    (double) WRAPAROUND * preventingWraparound,
                    "autovacuum prevents wraparound on a table of the run");
        }
        return LoadValue.of(Signal.AUTOVACUUM, workers, workers + " autovacuum workers on tables of the run");
    }

    private static LoadValue oldestSnapshot(Connection connection) throws SQLException {
        return query(
                connection,
                """
                SELECT COALESCE(max(EXTRACT(EPOCH FROM clock_timestamp() - s.since)), 0), COALESCE(max(s.age), 0)
                FROM (SELECT xact_start AS since, GREATEST(age(backend_xmin), age(backend_xid)) AS age
                      FROM pg_stat_activity
                      WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
                        AND backend_type <> 'autovacuum worker' AND application_name NOT LIKE 'reseal-%'
                      UNION ALL SELECT prepared, age(transaction) FROM pg_prepared_xacts) s
                """,
                List.of(),
                row -> LoadValue.of(
                        Signal.OLDEST_SNAPSHOT,
                        row.getDouble(1),
                        String.format(
                                Locale.ROOT,
                                "the oldest transaction keeps dead rows of the last %.0f s and %d transactions",
                                row.getDouble(1),
                                row.getLong(2))));
    }

    /** Small tables may have any share: it goes with the next vacuum. */
    private static LoadValue deadRows(Connection connection, List<String> tables) throws SQLException {
        return query(
                connection,
                TABLES + """
                SELECT COALESCE(max(100.0 * n_dead_tup / (n_live_tup + n_dead_tup)), 0), COALESCE(max(n_dead_tup), 0)
                FROM pg_stat_all_tables
                WHERE n_dead_tup >= 10000 AND relid IN (SELECT relid FROM tables)
                """,
                tables,
                row -> LoadValue.of(
                        Signal.DEAD_ROWS,
                        row.getDouble(1),
                        String.format(
                                Locale.ROOT,
                                "%.0f %% of a table's rows are dead, %d at most",
                                row.getDouble(1),
                                row.getLong(2))));
    }

    private static LoadValue waiters(Connection connection) throws SQLException {
        return query(
                connection,
                """
                SELECT count(DISTINCT l.pid) FROM pg_locks l
                WHERE NOT l.granted AND pg_blocking_pids(l.pid) && ARRAY(
                    SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'reseal-%')
                """,
                List.of(),
                row -> LoadValue.of(
                        Signal.WAITERS, row.getInt(1), row.getInt(1) + " sessions wait for locks of the engine"));
    }

    /** Known only where the server runs on this machine, in a directory that this process sees. */
    private static LoadValue freeSpace(Connection connection) throws SQLException {
        Optional<Path> directory = query(
                connection,
                """
                SELECT current_setting('data_directory'),
                       inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() <<= '::1/128'
                """,
                List.of(),
                row -> row.getBoolean(2) ? Optional.of(Path.of(row.getString(1))) : Optional.empty());
        if (directory.isEmpty() || !Files.isDirectory(directory.get())) {
            return LoadValue.unknown(
                    Signal.DISK_FREE,
                    "the server is on another machine, and PostgreSQL has no function for it: a hook can ask");
        }
        try {
            double free = Files.getFileStore(directory.get()).getUsableSpace() / GIB;
            return LoadValue.of(Signal.DISK_FREE, free, String.format(Locale.ROOT, "%.1f GiB are free", free));
        } catch (IOException e) {
            return LoadValue.unknown(
                    Signal.DISK_FREE,
                    "the data directory cannot be read: " + e.getClass().getName());
        }
    }

    @Override
    public Optional<OtherSessions> others(Connection connection) throws SQLException {
        return query(
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
        return query(
                connection,
                "SELECT xact_commit, active_time, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')" + flush
                        + " FROM pg_stat_database WHERE datname = current_database()",
                List.of(),
                row -> Optional.of(new Traffic(row.getLong(1), row.getDouble(2), row.getLong(3))));
    }

    private interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private static <T> T query(Connection connection, String sql, List<String> names, Mapper<T> mapper)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(LONGEST_SECONDS);
            if (sql.contains("?")) {
                statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return mapper.map(rows);
            }
        }
    }
}
