package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A change that travels alone, because the server cuts long values in tables of values without a word. */
record MariaLongChange(MariaDialect dialect, SealedTable table, RowChange change) {

    /**
     * A value in a table of values is cut to the remainder of its length by 65,536 bytes. A character counts four, whatever it
     * needs.
     */
    private static final int LONGEST_IN_A_TABLE = 16_000;

    static boolean isLong(RowChange change) {
        return change.swaps().values().stream()
                .anyMatch(swap -> swap.read().bytes().length > LONGEST_IN_A_TABLE
                        || swap.sealed().bytes().length > LONGEST_IN_A_TABLE);
    }

    /** Whether the row still held what was read. */
    boolean write(Connection connection, String prefix, List<String> unchanged) throws SQLException {
        List<String> assignments = new ArrayList<>();
        List<Object> sealed = new ArrayList<>();
        change.swaps().forEach((column, swap) -> {
            assignments.add("t." + name(column) + " = ?");
            sealed.add(swap.sealed().in(form(column)));
        });
        unchanged.stream().map(dialect::quoted).forEach(name -> assignments.add("t." + name + " = t." + name));
        Sql sql = new Sql(prefix + "UPDATE " + dialect.name(table) + " t SET " + String.join(", ", assignments)
                        + " WHERE ")
                .add("", sealed.toArray())
                .add(isAsRead());
        try (PreparedStatement statement = sql.prepare(connection)) {
            return statement.executeUpdate() > 0;
        }
    }

    /** Whether the row still holds what was read, and nobody else has it locked. */
    boolean lock(Connection connection, String prefix) throws SQLException {
        Sql sql = new Sql(prefix + "SELECT 1 FROM " + dialect.name(table) + " t WHERE ")
                .add(isAsRead())
                .add(" FOR UPDATE SKIP LOCKED");
        try (PreparedStatement statement = sql.prepare(connection);
                var rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private Sql isAsRead() {
        String key = table.key().stream()
                .map(column -> "t." + dialect.quoted(column.name()) + " = "
                        + dialect.parameter(new Dialect.AddressPart("", column.type())))
                .collect(Collectors.joining(" AND "));
        Sql sql = new Sql("")
                .add(
                        key,
                        change.address().parts().subList(0, table.key().size()).toArray());
        change.swaps().forEach((column, swap) -> {
            String stored = "t." + name(column);
            boolean text = form(column) == StorageForm.TEXT;
            sql.add(
                    " AND " + (text ? MariaDialect.exact(stored) : stored) + " = ?",
                    swap.read().in(form(column)));
        });
        return sql;
    }

    private String name(int column) {
        return dialect.quoted(table.columns().get(column).name());
    }

    private StorageForm form(int column) {
        return table.columns().get(column).form();
    }
}
