package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** H2: batches of single-row statements, each of which reports its own count. */
final class H2Dialect extends Dialect {

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
        return H2Dictionary.keyTypes(connection, schema, table);
    }

    @Override
    public KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException {
        return new H2Sample(this, table, bounds).take(connection);
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

    @Override
    public Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes) throws SQLException {
        return new H2Writer(this, table, changes).write(connection);
    }

    @Override
    public Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException {
        return new H2Writer(this, table, changes).lockFree(connection);
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
