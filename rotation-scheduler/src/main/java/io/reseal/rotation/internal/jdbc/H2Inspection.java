package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** H2, where roles and schemas may grant privileges as well. */
final class H2Inspection extends DictionaryInspection {

    private static final Set<String> BINARY = Set.of("BINARY VARYING", "BINARY LARGE OBJECT");
    private static final Set<String> TEXT = Set.of("CHARACTER VARYING", "CHARACTER LARGE OBJECT");

    static final int NOT_ENOUGH_RIGHTS = 90096;

    H2Inspection(Dialect dialect) {
        super(dialect);
    }

    @Override
    Comparator<String> spelling() {
        return Comparator.naturalOrder();
    }

    @Override
    String isOf(String schemaColumn, String tableColumn) {
        return schemaColumn + " = COALESCE(?, CURRENT_SCHEMA) AND " + tableColumn + " = ?";
    }

    @Override
    void bind(PreparedStatement statement, Optional<String> schema, String table) throws SQLException {
        statement.setString(1, schema.orElse(null));
        statement.setString(2, table);
    }

    @Override
    public Optional<String> readOnly(Connection connection) throws SQLException {
        return connection.isReadOnly()
                ? Optional.of(
                        "The database is read-only. Open it without ACCESS_MODE_DATA=r, from files that may be written")
                : Optional.empty();
    }

    @Override
    Map<String, List<String>> indexes(Connection connection, SealedTable table, boolean onlyUnique)
            throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        each(
                connection,
                table,
                "index_schema || '.' || index_name, column_name FROM information_schema.index_columns",
                (onlyUnique ? " AND is_unique" : "") + " ORDER BY 1, ordinal_position",
                row -> indexes.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                        .add(row.getString(2)));
        return indexes;
    }

    @Override
    void kinds(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        each(
                connection,
                table,
                "LOWER(table_type), storage_type FROM information_schema.tables",
                " AND (table_type <> 'BASE TABLE' OR storage_type = 'TABLE LINK')",
                row -> findings.add(
                        notATable(table, row.getString(2).equals("TABLE LINK") ? "linked table" : row.getString(1))));
    }

    @Override
    Optional<String> wanted(StorageForm form, String type) {
        Set<String> types = form == StorageForm.BINARY ? BINARY : TEXT;
        return types.contains(type)
                ? Optional.empty()
                : Optional.of(String.join(" or ", types.stream().sorted().toList()));
    }

    @Override
    boolean isAdministrator(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT is_admin FROM information_schema.users WHERE user_name = CURRENT_USER");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    @Override
    List<String> alsoWritten(Connection connection, SealedTable table) {
        return table.autoUpdated();
    }

    @Override
    void triggers(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        query(
                connection,
                table.schema(),
                table.name(),
                "SELECT trigger_name, LOWER(action_orientation) FROM information_schema.triggers WHERE "
                        + isOf("event_object_schema", "event_object_table")
                        + " AND event_manipulation LIKE '%UPDATE%' AND trigger_name NOT LIKE 'reseal\\_fence\\_%' ORDER BY 1",
                row -> findings.add(finding(
                        Problem.UPDATE_TRIGGER,
                        table,
                        "The trigger " + row.getString(1) + " on " + shown(table) + " fires for every "
                                + row.getString(2) + " that is re-encrypted")));
    }

    @Override
    public List<String> autoUpdated(Connection connection, Optional<String> schema, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        query(
                connection,
                schema,
                table,
                "SELECT column_name FROM information_schema.columns WHERE " + isOf("table_schema", "table_name")
                        + " AND column_on_update IS NOT NULL",
                row -> columns.add(row.getString(1)));
        return columns;
    }

    @Override
    Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException {
        Map<String, Long> widths = new HashMap<>();
        each(
                connection,
                table,
                "column_name, character_maximum_length FROM information_schema.columns",
                " AND data_type = 'CHARACTER VARYING' AND character_maximum_length IS NOT NULL",
                row -> widths.put(row.getString(1), row.getLong(2)));
        return widths;
    }
}
