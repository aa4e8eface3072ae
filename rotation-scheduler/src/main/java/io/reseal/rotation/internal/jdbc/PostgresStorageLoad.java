package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.pace.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far PostgreSQL's replicas and log readers are behind, and what room is left. */
final class PostgresStorageLoad {

    private static final double GIB = 1L << 30;

    private PostgresStorageLoad() {}

    static LoadValue replicaLag(Connection connection) throws SQLException {
        return LoadQuery.ask(
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
    static LoadValue retention(Connection connection) throws SQLException {
        return LoadQuery.ask(
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

    /** Known only where the server runs on this machine, in a directory that this process sees. */
    static LoadValue freeSpace(Connection connection) throws SQLException {
        Optional<Path> directory = LoadQuery.ask(
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
}
