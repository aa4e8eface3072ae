package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * MariaDB from 10.6: whole batches travel as a table of values that drives the join, so that no other row is looked at.
 *
 * <p>Nothing here relies on the session's SQL mode, time zone or isolation level, nor on what the driver counts as affected.
 */
final class MariaDialect extends Dialect {

    /** What a type of {@link KeyColumn} begins with whose values travel as hexadecimal digits. */
    static final String BINARY = "BINARY";

    /** Behind a change of the table's definition the server by default waits a day. */
    private static final String GIVING_WAY = "SET STATEMENT lock_wait_timeout = 1";

    /** Whoever waits for no row can't be part of a deadlock, whose victim could be the application. */
    private static final String WITHOUT_WAITING = GIVING_WAY + ", innodb_lock_wait_timeout = 0 FOR ";

    /** Without the other limit, with which the server at times takes a row that it skips for a failed commit (error 1180). */
    private static final String SKIPPING = GIVING_WAY + " FOR ";

    /** No such column, database or table. */
    private static final Set<Integer> GONE = Set.of(1054, 1049, 1146);

    /** On a database, table or column. */
    private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143);

    /** Record changed, lock wait timeout, deadlock, statement timeout. */
    private static final Set<Integer> CONTENTION = Set.of(1020, 1205, 1213, 1969);

    /** Too many connections, out of disk, memory or threads, shutting down, connection killed, lock table full. */
    private static final Set<Integer> SHORTAGE = Set.of(1021, 1037, 1038, 1040, 1041, 1053, 1114, 1135, 1206, 1927);

    private static final String EXACT = " USING utf8mb4) COLLATE utf8mb4_nopad_bin";

    @Override
    public Map<String, Optional<String>> columns(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        return MariaDictionary.keyTypes(connection, schema, table);
    }

    /** Of a part of the table none is taken, so that ranges are not split. */
    @Override
    public KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException {
        return bounds.equals(Bounds.ALL) ? new MariaSample(this, table).take(connection) : new KeySample(0, List.of());
    }

    @Override
    public TableInspection inspection() {
        return new MariaInspection(this);
    }

    @Override
    public boolean isGone(SQLException e) {
        return GONE.contains(e.getErrorCode());
    }

    @Override
    public boolean isDenied(SQLException e) {
        return DENIED.contains(e.getErrorCode());
    }

    @Override
    public <T> T givingWay(Connection connection, Work<T> work) throws SQLException {
        return work.run();
    }

    /** MariaDB has no row security. */
    @Override
    public void seeAllRows(Connection connection) {}

    @Override
    public Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes) throws SQLException {
        List<String> unchanged = MariaDictionary.updatedByThemselves(connection, table);
        Set<Integer> positions = new HashSet<>();
        for (MariaChanges part : MariaChanges.parts(this, table, changes)) {
            positions.addAll(write(connection, part, unchanged));
        }
        for (int position : longOnes(changes)) {
            if (new MariaLongChange(this, table, changes.get(position)).write(connection, WITHOUT_WAITING, unchanged)) {
                positions.add(position);
            }
        }
        return positions;
    }

    private static List<Integer> longOnes(List<RowChange> changes) {
        return IntStream.range(0, changes.size())
                .filter(position -> MariaLongChange.isLong(changes.get(position)))
                .boxed()
                .toList();
    }

    private static Set<Integer> write(Connection connection, MariaChanges changes, List<String> unchanged)
            throws SQLException {
        String sql = WITHOUT_WAITING + "UPDATE " + changes.joined(MariaChanges.READ) + " SET "
                + changes.assignments(unchanged);
        try (PreparedStatement statement = changes.prepare(connection, sql)) {
            if (changes.areAll(statement.executeUpdate())) {
                return changes.positions();
            }
        }
        return positions(connection, changes, "SELECT v.position FROM " + changes.joined(MariaChanges.SEALED));
    }

    @Override
    public Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException {
        Set<Integer> positions = new HashSet<>();
        for (MariaChanges part : MariaChanges.parts(this, table, changes)) {
            String sql =
                    SKIPPING + "SELECT v.position FROM " + part.joined(MariaChanges.READ) + " FOR UPDATE SKIP LOCKED";
            positions.addAll(positions(connection, part, sql));
        }
        for (int position : longOnes(changes)) {
            if (new MariaLongChange(this, table, changes.get(position)).lock(connection, SKIPPING)) {
                positions.add(position);
            }
        }
        return positions;
    }

    private static Set<Integer> positions(Connection connection, MariaChanges changes, String sql) throws SQLException {
        Set<Integer> positions = new HashSet<>();
        try (PreparedStatement statement = changes.prepare(connection, sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                positions.add(rows.getInt(1));
            }
        }
        return positions;
    }

    @Override
    public boolean isContention(SQLException e) {
        return CONTENTION.contains(e.getErrorCode());
    }

    @Override
    public boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return isContention(e) || SHORTAGE.contains(e.getErrorCode()) || (state != null && state.startsWith("08"));
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
