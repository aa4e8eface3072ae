package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** PostgreSQL: whole batches travel as arrays, one statement each. */
final class PostgresDialect extends Dialect {

    /** Whoever skips locked rows waits for nobody: what is slow then is the work itself, which must get done. */
    private static final String PATIENCE = "30s";

    /**
     * By which all nodes tell the engine's sessions from others', while they hold locks or snapshots: the data source may be
     * the application's, or have been given a name of its own.
     */
    private static final String OWN_NAME = "set_config('application_name', regexp_replace("
            + "current_setting('application_name'), '^(" + LoadSignals.OWN_SESSIONS + ")?', '"
            + LoadSignals.OWN_SESSIONS
            + "'), true)";

    private static final Set<String> GONE = Set.of("42P01", "42703", "3F000");
    private static final Set<String> CONTENTION = Set.of("55P03", "57014", "40P01", "40001");

    @Override
    public LoadSignals loadSignals() {
        return new PostgresLoadSignals();
    }

    @Override
    public TableInspection inspection() {
        return new PostgresInspection(this);
    }

    @Override
    public boolean isGone(SQLException e) {
        return GONE.contains(state(e));
    }

    @Override
    public boolean isDenied(SQLException e) {
        return state(e).equals("42501");
    }

    @Override
    public String name(SealedTable table) {
        return (table.isPart() ? "ONLY " : "") + super.name(table);
    }

    @Override
    public Map<String, Optional<String>> columns(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        Map<String, Optional<String>> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT a.attname, CASE WHEN y.typtype IN ('e', 'r', 'm') OR y.typcategory = 'A' OR EXISTS (
                           SELECT 1 FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
                           WHERE m.amname = 'btree' AND o.opcdefault AND (
                                 o.opcintype = CASE y.typtype WHEN 'd' THEN y.typbasetype ELSE y.oid END
                                 OR y.typtype = 'd' OR y.typname = 'varchar' AND o.opcintype = CAST('text' AS regtype)))
                       THEN quote_ident(n.nspname) || '.' || quote_ident(y.typname) END
                FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid JOIN pg_namespace n ON n.oid = y.typnamespace
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum
                """)) {
            statement.setString(1, regclass(schema, table));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), Optional.ofNullable(rows.getString(2)));
                }
            }
        }
        return columns;
    }

    @Override
    public KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException {
        return new PostgresSample(this, table).take(connection, bounds);
    }

    /** Rows of a bag have no index that has to serve their order. */
    @Override
    public Optional<RowAddress> middle(Connection connection, SealedTable table, Bounds bounds, long rows)
            throws SQLException {
        if (!table.keyUnique()) {
            return super.middle(connection, table, bounds, rows);
        }
        inOrderOfTheIndex(connection);
        return new KeyBisection(this, connection, table).middle(bounds, rows);
    }

    /**
     * Well below the default {@code deadlock_timeout}, so that this side always gives way first. Statements are planned
     * without looking at the arrays: planned for each anew, they would scan the whole of a table that is not large.
     */
    @Override
    public <T> T givingWay(Connection connection, Work<T> work) throws SQLException {
        set(connection, """
                SELECT set_config('lock_timeout', '50ms', true), set_config('statement_timeout', '500ms', true),
                       set_config('row_security', 'off', true),
                       set_config('plan_cache_mode', 'force_generic_plan', true),
                """ + OWN_NAME);
        return work.run();
    }

    @Override
    public void seeAllRows(Connection connection) throws SQLException {
        set(
                connection,
                "SELECT set_config('row_security', 'off', true), set_config('statement_timeout', '0', true), "
                        + OWN_NAME);
    }

    @Override
    public void commitLazily(Connection connection) throws SQLException {
        set(connection, "SELECT set_config('synchronous_commit', 'off', true)");
    }

    /** In the order of the index: any other plan would read and sort the whole rest of the range for each window. */
    @Override
    public Window read(Connection connection, StaleQuery query, Bounds bounds) throws SQLException {
        if (query.table().keyUnique()) {
            inOrderOfTheIndex(connection);
        }
        return super.read(connection, query, bounds);
    }

    private static void inOrderOfTheIndex(Connection connection) throws SQLException {
        set(
                connection,
                "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
    }

    private static void set(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    @Override
    public Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes) throws SQLException {
        return new PostgresWriter(this, table, changes).write(connection);
    }

    @Override
    public Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException {
        set(connection, "SELECT set_config('statement_timeout', '" + PATIENCE + "', true)");
        return new PostgresWriter(this, table, changes).lockFree(connection);
    }

    @Override
    public boolean isContention(SQLException e) {
        return CONTENTION.contains(state(e));
    }

    @Override
    public boolean isTransient(SQLException e) {
        String state = state(e);
        return isContention(e)
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("53")
                || state.startsWith("25P03");
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    @Override
    public String headerOf(ValueColumn column) {
        String name = "t." + quoted(column.name());
        return column.form() == StorageForm.TEXT
                ? "SUBSTRING(" + name + " FROM '^rs:[a-z0-9]{1,16}:[1-9][0-9]{0,7}:')"
                : "CASE WHEN SUBSTRING(" + name + " FROM 1 FOR 1) = " + binaryLiteral("01") + " THEN encode(SUBSTRING("
                        + name + " FROM 1 FOR 5), 'hex') END";
    }

    @Override
    public Optional<Fence> fence() {
        return Optional.of(new Fence(this));
    }

    @Override
    public String snapshotText() {
        return "CAST(pg_current_snapshot() AS text)";
    }

    @Override
    String asText(String expression) {
        return "CAST(" + expression + " AS text)";
    }

    @Override
    String digest(ValueColumn column) {
        String name = "t." + quoted(column.name());
        String bytes = column.form() == StorageForm.TEXT ? "convert_to(" + name + ", 'UTF8')" : name;
        return "encode(sha256(" + bytes + "), 'hex')";
    }

    @Override
    String textType() {
        return "text";
    }

    @Override
    String textCollation() {
        return " COLLATE \"C\"";
    }

    @Override
    String binaryLiteral(String hex) {
        return "decode('" + hex + "', 'hex')";
    }

    @Override
    String startsWith(ValueColumn column, String prefix) {
        return "left(t." + quoted(column.name()) + " COLLATE \"C\", " + prefix.length() + ") = '" + prefix + "'";
    }

    @Override
    Sql isOneOf(Connection connection, SealedTable table, List<RowAddress> addresses) throws SQLException {
        List<AddressPart> address = address(table);
        String arrays = address.stream()
                .map(part -> "CAST(CAST(? AS text[]) AS " + part.type() + "[])")
                .collect(Collectors.joining(", "));
        Sql sql = new Sql(row(address.stream().map(AddressPart::expression).toList()) + " IN (SELECT * FROM unnest("
                + arrays + "))");
        for (int part : IntStream.range(0, address.size()).toArray()) {
            Object[] values =
                    addresses.stream().map(row -> row.parts().get(part)).toArray(String[]::new);
            sql.add("", connection.createArrayOf("text", values));
        }
        return sql;
    }

    /** What {@code to_regclass} takes. */
    String regclass(Optional<String> schema, String table) {
        return schema.map(name -> quoted(name) + ".").orElse("") + quoted(table);
    }
}
