package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * MariaDB from 10.6: whole batches travel as a table of values that drives the join, so that no other row is looked at.
 *
 * <p>Nothing here relies on the session's SQL mode, time zone or isolation level, nor on what the driver counts as affected.
 */
final class MariaDialect extends Dialect {

    /** What a type of {@link KeyColumn} begins with whose values travel as hexadecimal digits. */
    static final String BINARY = "BINARY";

    private static final int PATIENCE_SECONDS = 2;

    private static final String EXACT = " USING utf8mb4) COLLATE utf8mb4_nopad_bin";

    @Override
    public Map<String, Optional<String>> columns(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        return MariaDictionary.keyTypes(connection, schema, table);
    }

    @Override
    public KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException {
        return new MariaSample(this, table, bounds).take(connection);
    }

    @Override
    public TableInspection inspection() {
        return new MariaInspection(this);
    }

    @Override
    public boolean isGone(SQLException e) {
        return MariaErrors.isGone(e);
    }

    @Override
    public boolean isDenied(SQLException e) {
        return MariaErrors.isDenied(e);
    }

    @Override
    public <T> T givingWay(Connection connection, Work<T> work) throws SQLException {
        return work.run();
    }

    /** Whoever changes the definition of a table would by default be waited for a day. */
    @Override
    public <T> T asking(Connection connection, Work<T> work) throws SQLException {
        String before = lockWait(connection);
        setLockWait(connection, Integer.toString(PATIENCE_SECONDS));
        try {
            return work.run();
        } finally {
            setLockWait(connection, before);
        }
    }

    private static String lockWait(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@lock_wait_timeout")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void setLockWait(Connection connection, String seconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_wait_timeout = " + seconds);
        }
    }

    /** MariaDB has no row security. */
    @Override
    public void seeAllRows(Connection connection) {}

    @Override
    public Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes) throws SQLException {
        return new MariaWriter(this, table, changes).write(connection);
    }

    @Override
    public Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException {
        return new MariaWriter(this, table, changes).lockFree(connection);
    }

    @Override
    public boolean isContention(SQLException e) {
        return MariaErrors.isContention(e);
    }

    @Override
    public boolean isTransient(SQLException e) {
        return MariaErrors.isTransient(e);
    }

    @Override
    public String headerOf(ValueColumn column) {
        String name = "t." + quoted(column.name());
        return column.form() == StorageForm.TEXT
                ? "NULLIF(REGEXP_SUBSTR(" + exact(name) + ", '^rs:[a-z0-9]{1,16}:[1-9][0-9]{0,7}:'), '')"
                : "CASE WHEN LEFT(" + name + ", 1) = X'01' THEN LOWER(HEX(LEFT(" + name + ", 5))) END";
    }

    /** With the characters of the column's own character set, compared as they are. */
    static String exact(String text) {
        return "CONVERT(" + text + EXACT;
    }

    @Override
    public String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    @Override
    String asText(String expression) {
        return "CAST(" + expression + " AS CHAR)";
    }

    @Override
    String asText(AddressPart part) {
        return part.type().equals(BINARY) ? "HEX(" + part.expression() + ")" : asText(part.expression());
    }

    /** A text gets the column's own character set and collation, because the index knows no other order. */
    @Override
    String parameter(AddressPart part) {
        if (part.type().equals(BINARY)) {
            return "UNHEX(?)";
        }
        String[] type = part.type().split(" COLLATE ", 2);
        return "CAST(? AS " + type[0] + ")" + (type.length > 1 ? " COLLATE " + type[1] : "");
    }

    @Override
    String digest(ValueColumn column) {
        return "SHA2(t." + quoted(column.name()) + ", 256)";
    }

    @Override
    String concatenated(List<String> texts) {
        return "CONVERT(CONCAT(" + String.join(", ", texts) + ")" + EXACT;
    }

    @Override
    String textType() {
        return "CHAR CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
    }

    @Override
    String binaryLiteral(String hex) {
        return "X'" + hex + "'";
    }

    @Override
    String startsWith(ValueColumn column, String prefix) {
        return exact("LEFT(t." + quoted(column.name()) + ", " + prefix.length() + ")") + " = '" + prefix + "'";
    }

    @Override
    Sql isOneOf(Connection connection, SealedTable table, List<RowAddress> addresses) {
        List<AddressPart> address = address(table);
        Sql sql = new Sql("1 = 0");
        for (RowAddress row : addresses) {
            sql.add(" OR (" + equal(address) + ")", row.parts().toArray());
        }
        return sql;
    }

    /** Row values would not use the index beyond their first part: the comparison is written out. */
    @Override
    Sql isWithin(SealedTable table, Bounds bounds) {
        List<AddressPart> address = address(table);
        Sql condition = new Sql(hasKey(table));
        bounds.after()
                .ifPresent(after ->
                        condition.add(" AND (").add(beyond(address, ">", after)).add(")"));
        bounds.upTo()
                .ifPresent(upTo -> condition
                        .add(" AND (")
                        .add(beyond(address, "<", upTo))
                        .add(" OR " + equal(address) + ")", upTo.parts().toArray()));
        return condition;
    }

    private Sql beyond(List<AddressPart> address, String operator, RowAddress bound) {
        Sql sql = new Sql("");
        for (int i = 0; i < address.size(); i++) {
            List<String> conditions = new ArrayList<>();
            address.subList(0, i).forEach(part -> conditions.add(compared(part, "=")));
            conditions.add(compared(address.get(i), operator));
            sql.add(
                    (i == 0 ? "" : " OR ") + String.join(" AND ", conditions),
                    bound.parts().subList(0, i + 1).toArray());
        }
        return sql;
    }

    private String equal(List<AddressPart> address) {
        return address.stream().map(part -> compared(part, "=")).collect(Collectors.joining(" AND "));
    }

    private String compared(AddressPart part, String operator) {
        return part.expression() + " " + operator + " " + parameter(part);
    }
}
