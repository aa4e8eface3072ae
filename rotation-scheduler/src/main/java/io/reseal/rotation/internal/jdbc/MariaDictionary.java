package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What MariaDB's dictionary says about tables. It compares without regard to case; the names of columns do so everywhere,
 * those of tables where the server's file system does.
 */
final class MariaDictionary {

    private MariaDictionary() {}

    /** The condition that a row is about the table, which {@link #bind} completes. */
    static String isOf(String schemaColumn, String tableColumn) {
        return schemaColumn + " = COALESCE(?, DATABASE()) AND " + tableColumn
                + " = ? AND (@@lower_case_table_names <> 0 OR " + tableColumn
                + " COLLATE utf8mb3_bin = CONVERT(? USING utf8mb3))";
    }

    static void bind(PreparedStatement statement, Optional<String> schema, String table) throws SQLException {
        statement.setString(1, schema.orElse(null));
        statement.setString(2, table);
        statement.setString(3, table);
    }

    /** What a text is cast to in order to be compared with each column; empty for types that can't address rows. */
    static Map<String, Optional<String>> keyTypes(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        Map<String, Optional<String>> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        try (PreparedStatement statement = ofTable(connection, """
                        SELECT column_name, data_type, column_type, character_set_name, collation_name
                        FROM information_schema.columns""", schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.put(rows.getString("column_name"), keyType(rows));
            }
        }
        return columns;
    }

    /** A {@code timestamp} reads differently in each time zone, and twice the same when clocks go back. */
    private static Optional<String> keyType(ResultSet column) throws SQLException {
        String declared = column.getString("column_type");
        return switch (column.getString("data_type")) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" ->
                Optional.of(declared.contains("unsigned") ? "UNSIGNED" : "SIGNED");
            case "decimal", "date", "datetime", "uuid" ->
                Optional.of(declared.replace(" unsigned", "").replace(" zerofill", ""));
            case "char", "varchar" ->
                Optional.of("CHAR CHARACTER SET " + column.getString("character_set_name") + " COLLATE "
                        + column.getString("collation_name"));
            case "binary", "varbinary" -> Optional.of(MariaDialect.BINARY);
            default -> Optional.empty();
        };
    }

    /** Columns that the server sets to the present moment in every UPDATE that does not assign them. */
    static List<String> updatedByThemselves(Connection connection, SealedTable table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement statement = ofTable(
                        connection,
                        "SELECT column_name, extra FROM information_schema.columns",
                        table.schema(),
                        table.name());
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (rows.getString("extra").contains("on update")) {
                    columns.add(rows.getString("column_name"));
                }
            }
        }
        return columns;
    }

    /** The storage engine's own estimate. */
    static long rows(Connection connection, SealedTable table) throws SQLException {
        try (PreparedStatement statement = ofTable(
                        connection, "SELECT table_rows FROM information_schema.tables", table.schema(), table.name());
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static PreparedStatement ofTable(
            Connection connection, String select, Optional<String> schema, String table) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(select + " WHERE " + isOf("table_schema", "table_name"));
        bind(statement, schema, table);
        return statement;
    }
}
