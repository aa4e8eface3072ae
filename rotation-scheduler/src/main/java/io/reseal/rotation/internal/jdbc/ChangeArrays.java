package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Changes of the same columns, as one array per key column and two per changed column. */
record ChangeArrays(SealedTable table, List<RowChange> changes) {

    /** Key types whose arrays travel in binary form; arrays of all others travel as texts. */
    private static final Map<String, Function<String, Object>> NATIVE =
            Map.of("pg_catalog.int8", Long::valueOf, "pg_catalog.int4", Integer::valueOf);

    List<Integer> columns() {
        return List.copyOf(changes.get(0).swaps().keySet());
    }

    String assignments() {
        return String.join(
                ", ",
                columns().stream()
                        .map(column -> name(column) + " = v.n" + column)
                        .toList());
    }

    String unnested() {
        List<String> arrays = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            String type = table.key().get(i).type();
            arrays.add("CAST(" + (NATIVE.containsKey(type) ? "?" : "CAST(? AS text[])") + " AS " + type + "[])");
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
        return matches("v.o");
    }

    String isAsSealed() {
        return matches("v.n");
    }

    private String matches(String value) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            conditions.add("t." + Dialect.doubleQuoted(table.key().get(i).name()) + " = v.k" + i);
        }
        for (int column : columns()) {
            String collation = form(column) == StorageForm.TEXT ? " COLLATE \"C\"" : "";
            conditions.add("t." + name(column) + collation + " = " + value + column);
        }
        return String.join(" AND ", conditions);
    }

    void bind(Connection connection, PreparedStatement statement) throws SQLException {
        int parameter = 1;
        for (int i = 0; i < table.key().size(); i++) {
            statement.setArray(parameter++, keys(connection, i));
        }
        for (int column : columns()) {
            statement.setArray(parameter++, values(connection, column, RowChange.Swap::read));
            statement.setArray(parameter++, values(connection, column, RowChange.Swap::sealed));
        }
    }

    private Array keys(Connection connection, int part) throws SQLException {
        String type = table.key().get(part).type();
        Function<String, Object> parse = NATIVE.getOrDefault(type, text -> text);
        Object[] keys = new Object[changes.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = parse.apply(changes.get(i).address().parts().get(part));
        }
        return connection.createArrayOf(
                NATIVE.containsKey(type) ? type.substring("pg_catalog.".length()) : "text", keys);
    }

    private Array values(Connection connection, int column, Function<RowChange.Swap, StoredValue> side)
            throws SQLException {
        boolean isBinary = form(column) == StorageForm.BINARY;
        Object[] values = isBinary ? new byte[changes.size()][] : new String[changes.size()];
        for (int i = 0; i < values.length; i++) {
            StoredValue value =
                    side.apply(Objects.requireNonNull(changes.get(i).swaps().get(column)));
            values[i] = isBinary ? value.bytes() : value.text();
        }
        return connection.createArrayOf(type(column), values);
    }

    private String name(int column) {
        return Dialect.doubleQuoted(table.columns().get(column).name());
    }

    private String type(int column) {
        return form(column) == StorageForm.BINARY ? "bytea" : "text";
    }

    private StorageForm form(int column) {
        return table.columns().get(column).form();
    }
}
