package io.reseal.rotation.internal.jdbc;

import io.reseal.keys.KeyId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Keeps values under retired keys out of a table of PostgreSQL, whoever writes it and however. Stateless.
 *
 * <p>Creating a trigger takes the lock that conflicts with every writer's, so that a fence that is there has outlived all
 * transactions that wrote before it.
 */
public final class Fence {

    private static final String BLOCKED = "55P03 57014 40P01";

    /** How much longer than for one lock all locks of a tree of partitions may take. */
    private static final int WHOLE_TREE = 5;

    /** The table with the name that is bound first, and its partitions and child tables. */
    static final String MEMBERS = """
            WITH RECURSIVE member AS (
                SELECT to_regclass(?)::oid AS id
                UNION SELECT i.inhrelid FROM pg_inherits i JOIN member m ON i.inhparent = m.id)
            """;

    private final Dialect dialect;

    Fence(Dialect dialect) {
        this.dialect = dialect;
    }

    /** What can be found out about tables and database. */
    public FenceSurvey survey() {
        return new FenceSurvey(dialect);
    }

    /**
     * Waits until nobody writes to the table, and keeps new writers out until the transaction ends.
     *
     * @param patience for each lock; new writers queue up behind while this waits
     */
    public void lock(Connection connection, SealedTable table, Duration patience) throws SQLException {
        set(connection, "lock_timeout", patience.toMillis());
        set(connection, "statement_timeout", patience.toMillis() * WHOLE_TREE);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + dialect.name(table) + " IN SHARE ROW EXCLUSIVE MODE");
        }
        set(connection, "statement_timeout", 0);
    }

    private static void set(Connection connection, String setting, long millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL " + setting + " = " + millis);
        }
    }

    /** Whether a fence refused what was written. */
    public static boolean isRefusal(SQLException e) {
        return FenceText.SQL_STATE.equals(e.getSQLState());
    }

    /** Whether the lock was not to be had in time. */
    public static boolean isBlocked(SQLException e) {
        return e.getSQLState() != null && BLOCKED.contains(e.getSQLState());
    }

    /**
     * Puts the fence up, or extends it to {@code keys}, in a transaction that has locked the table.
     *
     * @param keys all keys that the table is fenced against from now on
     */
    public Guards put(Connection connection, SealedTable table, Collection<KeyId> keys) throws SQLException {
        FenceText text = new FenceText(table, keys);
        String schema = text(connection, "SELECT current_schema()");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL standard_conforming_strings = on");
            // several tables may be fenced at once, and all need the one function
            statement.execute("SELECT pg_advisory_xact_lock(hashtext('" + FenceText.FUNCTION + "'))");
            if (!hasFunction(connection, schema)) {
                statement.execute(FenceText.function(schema));
            }
            for (String target : targets(connection, table)) {
                for (String sql : text.on(target, schema)) {
                    statement.execute(sql);
                }
            }
        }
        return new FenceTriggers(connection, text).guards(dialect.name(table));
    }

    private static boolean hasFunction(Connection connection, String schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = ? AND p.proname = ? AND p.pronargs = 0 AND p.prosrc = ?
                """)) {
            statement.setString(1, schema);
            statement.setString(2, FenceText.FUNCTION);
            statement.setString(3, FenceText.BODY);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** The table and its children; partitions get their triggers from their parent, also those attached later. */
    private List<String> targets(Connection connection, SealedTable table) throws SQLException {
        List<String> targets = new ArrayList<>();
        String sql = MEMBERS + """
                SELECT c.oid::regclass::text FROM member m JOIN pg_class c ON c.oid = m.id
                WHERE c.oid = to_regclass(?) OR NOT c.relispartition ORDER BY c.oid
                """;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, dialect.name(table));
            statement.setString(2, dialect.name(table));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    targets.add(rows.getString(1));
                }
            }
        }
        return targets;
    }

    /** Whether the triggers still stand on the table and on whatever has become part of it; in a transaction. */
    public FenceState state(Connection connection, SealedTable table, Guards guards) throws SQLException {
        return new FenceTriggers(connection, new FenceText(table, List.of())).state(dialect.name(table), guards);
    }

    static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
