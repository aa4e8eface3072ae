package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Changes of the same columns, as a table {@code v} of values in which they are looked up one by one. */
final class MariaChanges {

    /** What the columns of {@code v} with the values that were read, and with those to be written, begin with. */
    static final char READ = 'o';

    static final char SEALED = 'n';

    private final MariaDialect dialect;
    private final SealedTable table;
    private final List<RowChange> changes;
    private final List<Integer> columns;

    MariaChanges(MariaDialect dialect, SealedTable table, List<RowChange> changes) {
        this.dialect = dialect;
        this.table = table;
        this.changes = changes;
        this.columns = List.copyOf(changes.get(0).swaps().keySet());
    }

    /** The rows of {@code t} that hold what {@code v} has in the columns {@code held}; v comes first, whatever the optimizer thinks. */
    String joined(char held) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            conditions.add("t." + dialect.quoted(table.key().get(i).name()) + " = v.k" + i);
        }
        for (int column : columns) {
            String stored = "t." + name(column);
            conditions.add((isText(column) ? MariaDialect.exact(stored) : stored) + " = v." + held + column);
        }
        return "(WITH v (" + String.join(", ", names()) + ") AS (VALUES " + values()
                + ") SELECT * FROM v) v STRAIGHT_JOIN " + dialect.name(table) + " t ON "
                + String.join(" AND ", conditions);
    }

    /** Also of columns that would otherwise change by themselves. */
    String assignments(List<String> unchanged) {
        List<String> assignments = new ArrayList<>();
        columns.forEach(column -> assignments.add("t." + name(column) + " = v.n" + column));
        unchanged.stream().map(dialect::quoted).forEach(name -> assignments.add("t." + name + " = t." + name));
        return String.join(", ", assignments);
    }

    PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        int parameter = 1;
        for (RowChange change : changes) {
            for (String key : change.address().parts().subList(0, table.key().size())) {
                statement.setString(parameter++, key);
            }
            for (var swap : change.swaps().entrySet()) {
                StorageForm form = table.columns().get(swap.getKey()).form();
                statement.setObject(parameter++, swap.getValue().read().in(form));
                statement.setObject(parameter++, swap.getValue().sealed().in(form));
            }
        }
        return statement;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(List.of("position"));
        for (int i = 0; i < table.key().size(); i++) {
            names.add("k" + i);
        }
        columns.forEach(column -> Collections.addAll(names, "o" + column, "n" + column));
        return names;
    }

    private String values() {
        String key = table.key().stream()
                .map(column -> ", " + dialect.parameter(new Dialect.AddressPart("", column.type())))
                .collect(Collectors.joining());
        String swaps = ", ?, ?".repeat(columns.size());
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            rows.add("(" + i + key + swaps + ")");
        }
        return String.join(", ", rows);
    }

    private String name(int column) {
        return dialect.quoted(table.columns().get(column).name());
    }

    private boolean isText(int column) {
        return table.columns().get(column).form() == StorageForm.TEXT;
    }
}
