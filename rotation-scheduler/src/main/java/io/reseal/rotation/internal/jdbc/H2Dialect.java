package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** H2: batches of single-row statements, each of which reports its own count. */
final class H2Dialect extends Dialect {

    private static final int SAMPLED_KEYS = 16;
    private static final int LOCK_TIMEOUT_MILLIS = 50;
    private static final Set<Integer> CONTENTION = Set.of(50200, 40001, 90131);
    private static final Set<Integer> GONE = Set.of(42102, 42103, 42104, 42122, 90079);
    private static final Set<Integer> LOST = Set.of(90067, 90098, 90121, 90007, 90117);

    @Override
    public TableInspection inspection() {
        return new H2Inspection(this);
    }

    @Override
    public boolean isGone(SQLException e) {
        return GONE.contains(e.getErrorCode());
    }

    @Override
    public boolean isDenied(SQLException e) {
        return e.getErrorCode() == H2Inspection.NOT_ENOUGH_RIGHTS;
    }

    @Override
    public Map<String, Optional<String>> columns(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        Map<String, Optional<String>> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, datetime_precision
                FROM information_schema.columns
                WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                ORDER BY ordinal_position
                """)) {
            statement.setString(1, schema.orElse(null));
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString("column_name"), castType(rows));
                }
            }
        }
        return columns;
    }

    private static Optional<String> castType(ResultSet column) throws SQLException {
        String type = column.getString("data_type");
        return switch (type) {
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UUID", "DATE" -> Optional.of(type);
            case "CHARACTER VARYING", "CHARACTER" ->
                Optional.of(type + "(" + column.getLong("character_maximum_length") + ")");
            case "NUMERIC" ->
                Optional.of(
                        type + "(" + column.getInt("numeric_precision") + ", " + column.getInt("numeric_scale") + ")");
            case "TIMESTAMP" -> Optional.of(type + "(" + column.getInt("datetime_precision") + ")");
            case "TIMESTAMP WITH TIME ZONE" ->
                Optional.of("TIMESTAMP(" + column.getInt("datetime_precision") + ") WITH TIME ZONE");
            default -> Optional.empty();
        };
    }

    @Override
    public KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException {
        long rows = estimate(connection, table);
        List<RowAddress> keys = new ArrayList<>();
        List<String> columns =
                table.key().stream().map(column -> "t." + quoted(column.name())).toList();
        boolean isLast = rows == 0;
        for (int i = 1; i < SAMPLED_KEYS && !isLast; i++) {
            Sql sql = new Sql("SELECT "
                            + columns.stream().map(column -> asText(column)).collect(Collectors.joining(", "))
                            + " FROM " + name(table) + " t WHERE ")
                    .add(isWithin(table, bounds))
                    .add(" ORDER BY " + String.join(", ", columns) + " LIMIT 1 OFFSET " + rows * i / SAMPLED_KEYS);
            try (PreparedStatement statement = sql.prepare(connection)) {
                Optional<RowAddress> key = key(statement, columns.size());
                key.ifPresent(keys::add);
                isLast = key.isEmpty();
            }
        }
        long within = bounds.equals(Bounds.ALL) ? rows : rows * (keys.size() + 1) / SAMPLED_KEYS;
        return new KeySample(within, keys.stream().distinct().toList());
    }

    private static Optional<RowAddress> key(PreparedStatement statement, int columns) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            List<String> parts = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
                parts.add(rows.getString(i));
            }
            return Optional.of(new RowAddress(parts));
        }
    }

    private static long estimate(Connection connection, SealedTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT row_count_estimate FROM information_schema.tables
                WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                """)) {
            statement.setString(1, table.schema().orElse(null));
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    @Override
    public <T> T givingWay(Connection connection, Work<T> work) throws SQLException {
        int before = lockTimeout(connection);
        setLockTimeout(connection, LOCK_TIMEOUT_MILLIS);
        try {
            return work.run();
        } finally {
            setLockTimeout(connection, before);
        }
    }

    private static int lockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT LOCK_TIMEOUT()")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void setLockTimeout(Connection connection, int millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCK_TIMEOUT " + millis);
        }
    }

    /** H2 has no row security. */
    @Override
    public void seeAllRows(Connection connection) {}

    /** One by one: after a row that is locked, H2 would go on with the rest of a JDBC batch, and wait for each of them. */
    @Override
    public Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes) throws SQLException {
        Set<Integer> columns = changes.get(0).swaps().keySet();
        String assignments = Stream.concat(
                        columns.stream().map(column -> column(table, column) + " = ?"),
                        table.autoUpdated().stream().map(column -> quoted(column) + " = " + quoted(column)))
                .collect(Collectors.joining(", "));
        String sql = "UPDATE " + name(table) + " t SET " + assignments + " WHERE " + isAsRead(table, columns);
        Set<Integer> written = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < changes.size(); i++) {
                RowChange change = changes.get(i);
                int parameter = 1;
                for (var swap : change.swaps().entrySet()) {
                    statement.setObject(parameter++, swap.getValue().sealed().in(form(table, swap.getKey())));
                }
                bind(statement, parameter, table, change);
                if (statement.executeUpdate() > 0) {
                    written.add(i);
                }
            }
        }
        return written;
    }

    @Override
    public Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException {
        Set<Integer> columns = changes.get(0).swaps().keySet();
        String sql =
                "SELECT 1 FROM " + name(table) + " t WHERE " + isAsRead(table, columns) + " FOR UPDATE SKIP LOCKED";
        Set<Integer> locked = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < changes.size(); i++) {
                bind(statement, 1, table, changes.get(i));
                try (ResultSet rows = statement.executeQuery()) {
                    if (rows.next()) {
                        locked.add(i);
                    }
                }
            }
        }
        return locked;
    }

    private String isAsRead(SealedTable table, Set<Integer> columns) {
        Stream<String> key = table.key().stream()
                .map(column -> "t." + quoted(column.name()) + " = CAST(? AS " + column.type() + ")");
        Stream<String> values = columns.stream().map(column -> "t." + column(table, column) + " = ?");
        return Stream.concat(key, values).collect(Collectors.joining(" AND "));
    }

    private static void bind(PreparedStatement statement, int first, SealedTable table, RowChange change)
            throws SQLException {
        int parameter = first;
        for (int i = 0; i < table.key().size(); i++) {
            statement.setString(parameter++, change.address().parts().get(i));
        }
        for (var swap : change.swaps().entrySet()) {
            statement.setObject(parameter++, swap.getValue().read().in(form(table, swap.getKey())));
        }
    }

    private String column(SealedTable table, int column) {
        return quoted(table.columns().get(column).name());
    }

    private static StorageForm form(SealedTable table, int column) {
        return table.columns().get(column).form();
    }

    @Override
    public boolean isContention(SQLException e) {
        return CONTENTION.contains(e.getErrorCode());
    }

    @Override
    public boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return isContention(e) || LOST.contains(e.getErrorCode()) || (state != null && state.startsWith("08"));
    }

    @Override
    public String headerOf(ValueColumn column) {
        String name = "t." + quoted(column.name());
        return column.form() == StorageForm.TEXT
                ? "REGEXP_SUBSTR(" + name + ", '^rs:[a-z0-9]{1,16}:[1-9][0-9]{0,7}:')"
                : "CASE WHEN SUBSTRING(" + name + " FROM 1 FOR 1) = X'01' THEN LOWER(RAWTOHEX(SUBSTRING(" + name
                        + " FROM 1 FOR 5))) END";
    }

    @Override
    String asText(String expression) {
        return "CAST(" + expression + " AS CHARACTER VARYING)";
    }

    @Override
    String digest(ValueColumn column) {
        return "RAWTOHEX(HASH('SHA-256', t." + quoted(column.name()) + "))";
    }

    @Override
    String textType() {
        return "CHARACTER VARYING";
    }

    @Override
    String binaryLiteral(String hex) {
        return "X'" + hex + "'";
    }

    @Override
    String startsWith(ValueColumn column, String prefix) {
        return "LEFT(t." + quoted(column.name()) + ", " + prefix.length() + ") = '" + prefix + "'";
    }

    @Override
    Sql isOneOf(Connection connection, SealedTable table, List<RowAddress> addresses) {
        List<AddressPart> address = address(table);
        String one = row(address.stream().map(this::parameter).toList());
        Sql sql = new Sql(row(address.stream().map(AddressPart::expression).toList()) + " IN (");
        for (int i = 0; i < addresses.size(); i++) {
            sql.add(i == 0 ? one : ", " + one, addresses.get(i).parts().toArray());
        }
        return sql.add(")");
    }

    /** A row value alone would not use the index: its first part is compared on its own as well. */
    @Override
    Sql isWithin(SealedTable table, Bounds bounds) {
        Sql condition = super.isWithin(table, bounds);
        AddressPart first = address(table).get(0);
        bounds.after()
                .ifPresent(after -> condition.add(
                        " AND " + first.expression() + " >= " + parameter(first),
                        after.parts().get(0)));
        bounds.upTo()
                .ifPresent(upTo -> condition.add(
                        " AND " + first.expression() + " <= " + parameter(first),
                        upTo.parts().get(0)));
        return condition;
    }
}
