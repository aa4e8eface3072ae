package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.pace.Signal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** What sessions and vacuums of PostgreSQL do with the tables of a run, and with their dead rows. */
final class PostgresTableLoad {

    private static final int WRAPAROUND = 100;

    /** Each table by itself, because a plain one is in no partition tree, and its partitions. */
    private static final String TABLES = """
            WITH named AS (SELECT to_regclass(n.name) AS relid FROM unnest(?::text[]) AS n(name)),
                 tables AS (SELECT relid FROM named
                            UNION SELECT p.relid FROM named, pg_partition_tree(named.relid) AS p)
            """;

    private PostgresTableLoad() {}

    static LoadValue autovacuum(Connection connection, List<String> tables) throws SQLException {
        return LoadQuery.ask(connection, TABLES + """
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

    /** Small tables may have any share: it goes with the next vacuum. */
    static LoadValue deadRows(Connection connection, List<String> tables) throws SQLException {
        return LoadQuery.ask(
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

    static LoadValue oldestSnapshot(Connection connection) throws SQLException {
        return LoadQuery.ask(
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

    static LoadValue waiters(Connection connection) throws SQLException {
        return LoadQuery.ask(
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
}
