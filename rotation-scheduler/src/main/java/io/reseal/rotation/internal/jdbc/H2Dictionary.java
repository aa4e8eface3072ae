package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What H2's dictionary says about tables. */
final class H2Dictionary {

    private H2Dictionary() {}

    /** What a text is cast to in order to be compared with each column; empty for types that can't address rows. */
    static Map<String, Optional<String>> keyTypes(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        Map<String, Optional<String>> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = ofTable(connection, """
                        SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,
                               datetime_precision
                        FROM information_schema.columns""", schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.put(rows.getString("column_name"), keyType(rows));
            }
        }
        return columns;
    }

    private static Optional<String> keyType(ResultSet column) throws SQLException {
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

    /** The database's own estimate. */
    static long rows(Connection connection, SealedTable table) throws SQLException {
        try (PreparedStatement statement = ofTable(
                        connection,
                        "SELECT row_count_estimate FROM information_schema.tables",
                        table.schema(),
                        table.name());
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static PreparedStatement ofTable(
            Connection connection, String select, Optional<String> schema, String table) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(
                select + " WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?");
        statement.setString(1, schema.orElse(null));
        statement.setString(2, table);
        return statement;
    }
}
