package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.reencryption.Blocker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stands in the way of a fence, and whether the database is still the one that was fenced. Changes nothing. */
public final class FenceSurvey {

    private static final int OLDEST_SERVER = 150_000;

    /** Beyond this, whoever waits for a vacuum to make room has been noticed by the server. */
    private static final long AFTER_DEADLOCK_CHECK_MILLIS = 500;

    private final Dialect dialect;

    FenceSurvey(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Why this session can't fence the table; nothing is changed. */
    public List<String> obstacles(Connection connection, SealedTable table) throws SQLException {
        List<String> problems = new ArrayList<>();
        String sql = Fence.MEMBERS + """
                SELECT current_user, c.oid::regclass::text, c.relkind, pg_has_role(c.relowner, 'USAGE') AS owns,
                       c.oid = to_regclass(?) AND row_security_active(c.oid) AS hides,
                       current_setting('server_version_num')::integer < ? AS outdated,
                       has_schema_privilege(current_schema(), 'CREATE')
                           OR to_regprocedure(quote_ident(current_schema()) || '.reseal_fence_reject()') IS NOT NULL AS creates
                FROM member m JOIN pg_class c ON c.oid = m.id ORDER BY 2
                """;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, dialect.name(table));
            statement.setString(2, dialect.name(table));
            statement.setInt(3, OLDEST_SERVER);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    addObstacles(row, problems);
                }
            }
        }
        return problems.stream().distinct().toList();
    }

    private static void addObstacles(ResultSet row, List<String> problems) throws SQLException {
        String role = row.getString(1);
        String name = row.getString(2);
        if (row.getBoolean("outdated")) {
            problems.add("The server is older than PostgreSQL " + OLDEST_SERVER / 10_000 + ". Upgrade it");
        }
        if (!"rp".contains(row.getString("relkind"))) {
            problems.add(
                    name + " is no table that can be fenced, but a view or a foreign table. Fence what is behind it");
        }
        if (!row.getBoolean("owns")) {
            problems.add("The role " + role + " does not own the table " + name + ", so that it can put up no trigger"
                    + " that always fires. Grant it the owner's role, or prove with the owner's login");
        }
        if (row.getBoolean("hides")) {
            problems.add(
                    "Row security may hide rows of " + name + " from the role " + role + ". Give the role BYPASSRLS");
        }
        if (!row.getBoolean("creates")) {
            problems.add(
                    "The role " + role + " may not create a function in the current schema. Grant it CREATE there");
        }
    }

    /** How long a lock has to be waited for before the server makes an autovacuum give way. */
    public Duration vacuumPatience(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT setting::bigint + ? FROM pg_settings WHERE name = 'deadlock_timeout'")) {
            statement.setLong(1, AFTER_DEADLOCK_CHECK_MILLIS);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Duration.ofMillis(row.getLong(1));
            }
        }
    }

    /**
     * Who holds what keeps the table from being locked, longest first.
     *
     * @param giveWay whether the server ends all of them for the sake of whoever has waited for long enough: autovacuums, except
     *     those to prevent wraparound. Of another role's process only who may read all statistics knows that
     */
    public record Holders(List<Blocker> blockers, boolean giveWay) {}

    public Holders holders(Connection connection, SealedTable table) throws SQLException {
        String sql = Fence.MEMBERS + """
                SELECT * FROM (
                    SELECT DISTINCT ON (l.pid, p.gid) l.relation::regclass::text AS name, l.pid, p.gid,
                           COALESCE(a.usename, p.owner, '?') AS role, NULLIF(a.application_name, '') AS application, a.state,
                           EXTRACT(EPOCH FROM clock_timestamp() - COALESCE(a.xact_start, p.prepared)) AS age, l.mode,
                           COALESCE(a.backend_type = 'autovacuum worker' AND a.query NOT LIKE '%(to prevent wraparound)%', false)
                               AS gives_way
                    FROM pg_locks l JOIN member m ON m.id = l.relation
                    LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                    LEFT JOIN (pg_locks x JOIN pg_prepared_xacts p ON p.transaction = x.transactionid)
                           ON l.pid IS NULL AND x.pid IS NULL AND x.virtualtransaction = l.virtualtransaction
                    WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                      AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
                    ORDER BY l.pid, p.gid, l.mode) h
                ORDER BY age DESC NULLS LAST
                """;
        List<Blocker> blockers = new ArrayList<>();
        boolean giveWay = true;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, dialect.name(table));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    blockers.add(blocker(rows));
                    giveWay &= rows.getBoolean("gives_way");
                }
            }
        }
        return new Holders(List.copyOf(blockers), giveWay && !blockers.isEmpty());
    }

    private static Blocker blocker(ResultSet row) throws SQLException {
        double age = row.getDouble("age");
        Optional<Duration> forHowLong =
                row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(Math.round(1_000 * age)));
        return new Blocker(
                row.getString("name"),
                Optional.ofNullable(row.getObject("pid", Integer.class)),
                Optional.ofNullable(row.getString("gid")),
                row.getString("role"),
                Optional.ofNullable(row.getString("application")),
                Optional.ofNullable(row.getString("state")),
                forHowLong);
    }

    /** Which database this is, and how far its log is. */
    public DatabaseMark mark(Connection connection) throws SQLException {
        String database = Fence.text(connection, """
                SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
                            THEN (SELECT system_identifier FROM pg_control_system())::text ELSE '' END
                       || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
                """);
        return new DatabaseMark(database, Fence.text(connection, "SELECT pg_current_wal_insert_lsn()::text"));
    }

    /** Whether the database is another than it was, or has gone back to a state before. */
    public boolean isRestoredSince(Connection connection, DatabaseMark earlier) throws SQLException {
        if (!mark(connection).database().equals(earlier.database())) {
            return true;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_current_wal_insert_lsn() < CAST(? AS pg_lsn)")) {
            statement.setString(1, earlier.position());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
