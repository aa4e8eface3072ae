package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Changes of the same columns, as one array per key column and two per changed column. */
record ChangeArrays(SealedTable table, List<RowChange> changes) {

    List<Integer> columns() {
        return List.copyOf(changes.get(0).swaps().keySet());
    }

    String unnested() {
        List<String> arrays = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            arrays.add("CAST(CAST(? AS text[]) AS " + table.key().get(i).type() + "[])");
            names.add("k" + i);
        }
        for (int column : columns()) {
            arrays.add("CAST(? AS " + type(column) + "[])");
            arrays.add("CAST(? AS " + type(column) + "[])");
            names.add("o" + column);
            names.add("n" + column);
        }
        return "unnest(" + String.join(", ", arrays) + ") WITH ORDINALITY AS v(" + String.join(", ", names)
                + ", position)";
    }

    String isAsRead() {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            conditions.add("t." + Dialect.doubleQuoted(table.key().get(i).name()) + " = v.k" + i);
        }
        for (int column : columns()) {
            String collation = form(column) == StorageForm.TEXT ? " COLLATE \"C\"" : "";
            conditions.add(
                    "t." + Dialect.doubleQuoted(table.columns().get(column).name()) + collation + " = v.o" + column);
        }
        return String.join(" AND ", conditions);
    }

    void bind(Connection connection, PreparedStatement statement) throws SQLException {
        int parameter = 1;
        for (int i = 0; i < table.key().size(); i++) {
            int part = i;
            Object[] keys = changes.stream()
                    .map(change -> change.address().parts().get(part))
                    .toArray(String[]::new);
            statement.setArray(parameter++, connection.createArrayOf("text", keys));
        }
        for (int column : columns()) {
            List<RowChange.Swap> swaps =
                    changes.stream().map(change -> change.swaps().get(column)).toList();
            statement.setArray(
                    parameter++,
                    values(
                            connection,
                            column,
                            swaps.stream().map(RowChange.Swap::read).toList()));
            statement.setArray(
                    parameter++,
                    values(
                            connection,
                            column,
                            swaps.stream().map(RowChange.Swap::sealed).toList()));
        }
    }

    private Array values(Connection connection, int column, List<StoredValue> values) throws SQLException {
        Object[] elements = form(column) == StorageForm.BINARY
                ? values.stream().map(StoredValue::bytes).toArray(byte[][]::new)
                : values.stream().map(StoredValue::text).toArray(String[]::new);
        return connection.createArrayOf(type(column), elements);
    }

    private String type(int column) {
        return form(column) == StorageForm.BINARY ? "bytea" : "text";
    }

    private StorageForm form(int column) {
        return table.columns().get(column).form();
    }
}
