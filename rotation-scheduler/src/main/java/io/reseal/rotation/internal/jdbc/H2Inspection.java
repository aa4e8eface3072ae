package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.rotation.Finding;
import io.reseal.rotation.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** H2, by its information schema; privileges are tried out, without a row, because roles and schemas may grant them. */
final class H2Inspection extends TableInspection {

    private static final Set<String> BINARY = Set.of("BINARY VARYING", "BINARY LARGE OBJECT");
    private static final Set<String> TEXT = Set.of("CHARACTER VARYING", "CHARACTER LARGE OBJECT");

    static final int NOT_ENOUGH_RIGHTS = 90096;

    private final Dialect dialect;

    H2Inspection(Dialect dialect) {
        super(dialect);
        this.dialect = dialect;
    }

    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    /** The query has two parameters: schema and table. */
    private static void each(Connection connection, Optional<String> schema, String table, String sql, Reader reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema.orElse(null));
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    @Override
    public Optional<String> readOnly(Connection connection) throws SQLException {
        return connection.isReadOnly()
                ? Optional.of(
                        "The database is read-only. Open it without ACCESS_MODE_DATA=r, from files that may be written")
                : Optional.empty();
    }

    @Override
    public List<TablePart> parts(Connection connection, Optional<String> schema, String table) {
        return List.of();
    }

    private static Map<String, List<String>> indexes(Connection connection, SealedTable table, boolean onlyUnique)
            throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        each(
                connection,
                table.schema(),
                table.name(),
                """
                SELECT index_schema || '.' || index_name, column_name FROM information_schema.index_columns
                WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                """ + (onlyUnique ? "AND is_unique " : "") + "ORDER BY 1, ordinal_position",
                row -> indexes.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                        .add(row.getString(2)));
        return indexes;
    }

    @Override
    public Optional<List<String>> uniqueKey(Connection connection, SealedTable table) throws SQLException {
        Set<String> key = Set.copyOf(names(table));
        Set<String> nullable = nullable(connection, table);
        return indexes(connection, table, true).values().stream()
                .filter(columns -> columns.stream().noneMatch(nullable::contains))
                .filter(columns -> columns.stream().noneMatch(values(table)::contains))
                .min(Comparator.<List<String>, Boolean>comparing(columns -> !new HashSet<>(columns).equals(key))
                        .thenComparing(columns -> !key.containsAll(columns)));
    }

    @Override
    public boolean hasIndex(Connection connection, SealedTable table) throws SQLException {
        List<String> key = names(table);
        return indexes(connection, table, false).values().stream()
                .anyMatch(columns -> columns.size() >= key.size()
                        && columns.subList(0, key.size()).equals(key));
    }

    @Override
    public List<Finding> findings(Connection connection, SealedTable table) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        kinds(connection, table, findings);
        if (findings.isEmpty()) {
            columns(connection, table, findings);
            privilege(connection, table, findings);
            triggers(connection, table, findings);
        }
        return findings;
    }

    private static void kinds(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        each(
                connection,
                table.schema(),
                table.name(),
                """
                SELECT LOWER(table_type), storage_type FROM information_schema.tables
                WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                  AND (table_type <> 'BASE TABLE' OR storage_type = 'TABLE LINK')
                """,
                row -> findings.add(finding(
                        Problem.NOT_A_TABLE,
                        table,
                        "The relation " + shown(table) + " is a "
                                + (row.getString(2).equals("TABLE LINK") ? "linked table" : row.getString(1))
                                + ", whose rows are not its own. Re-encrypt the table behind it, and delete its rows from"
                                + " reseal_column")));
    }

    private static void columns(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        Map<String, StorageForm> forms =
                table.columns().stream().collect(Collectors.toMap(ValueColumn::name, ValueColumn::form));
        each(connection, table.schema(), table.name(), """
                SELECT column_name, data_type, is_generated FROM information_schema.columns
                WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                """, row -> {
            StorageForm form = forms.get(row.getString(1));
            if (form != null) {
                unwritable(table, row, form)
                        .map(reason -> finding(Problem.UNWRITABLE_COLUMN, table, reason))
                        .ifPresent(findings::add);
            }
        });
    }

    private static Optional<String> unwritable(SealedTable table, ResultSet row, StorageForm form) throws SQLException {
        String column = "The column " + shown(table) + "." + row.getString(1);
        if (row.getString(3).equals("ALWAYS")) {
            return Optional.of(column + " is generated from others. Encrypt a column of its own");
        }
        if (names(table).contains(row.getString(1))) {
            return Optional.of(column + " is part of the key. Address the rows by others");
        }
        Set<String> types = form == StorageForm.BINARY ? BINARY : TEXT;
        return types.contains(row.getString(2))
                ? Optional.empty()
                : Optional.of(column + " has the type " + row.getString(2) + ". It has to be "
                        + String.join(" or ", types.stream().sorted().toList()));
    }

    private void privilege(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        if (isAdministrator(connection)) {
            return;
        }
        String column = dialect.quoted(table.columns().get(0).name());
        String name = dialect.name(table);
        Map<String, String> attempts = Map.of(
                "SELECT", "SELECT " + column + " FROM " + name + " WHERE 1 = 0",
                "UPDATE", "UPDATE " + name + " SET " + column + " = " + column + " WHERE 1 = 0");
        for (var attempt : new TreeMap<>(attempts).entrySet()) {
            try (PreparedStatement statement = connection.prepareStatement(attempt.getValue())) {
                statement.execute();
            } catch (SQLException e) {
                if (e.getErrorCode() != NOT_ENOUGH_RIGHTS) {
                    throw e;
                }
                findings.add(finding(
                        Problem.NO_PRIVILEGE,
                        table,
                        "The user may not " + attempt.getKey().toLowerCase(Locale.ROOT) + " the table " + shown(table)
                                + ". GRANT " + attempt.getKey() + " ON " + name + " to it"));
            }
        }
    }

    private static boolean isAdministrator(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT is_admin FROM information_schema.users WHERE user_name = CURRENT_USER");
                ResultSet rows = statement.executeQuery()) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private static void triggers(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        each(
                connection,
                table.schema(),
                table.name(),
                """
                SELECT trigger_name, LOWER(action_orientation) FROM information_schema.triggers
                WHERE event_object_schema = COALESCE(?, CURRENT_SCHEMA) AND event_object_table = ?
                  AND event_manipulation LIKE '%UPDATE%' AND trigger_name NOT LIKE 'reseal\\_fence\\_%'
                ORDER BY 1
                """,
                row -> findings.add(finding(
                        Problem.UPDATE_TRIGGER,
                        table,
                        "The trigger " + row.getString(1) + " on " + shown(table) + " fires for every "
                                + row.getString(2) + " that is re-encrypted")));
    }

    @Override
    public List<String> autoUpdated(Connection connection, Optional<String> schema, String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        each(connection, schema, table, """
                        SELECT column_name FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ? AND column_on_update IS NOT NULL
                        """, row -> columns.add(row.getString(1)));
        return columns;
    }

    @Override
    Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException {
        Map<String, Long> widths = new HashMap<>();
        each(connection, table.schema(), table.name(), """
                        SELECT column_name, character_maximum_length FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ?
                          AND data_type = 'CHARACTER VARYING' AND character_maximum_length IS NOT NULL
                        """, row -> widths.put(row.getString(1), row.getLong(2)));
        return widths;
    }

    @Override
    Set<String> nullable(Connection connection, SealedTable table) throws SQLException {
        Set<String> columns = new HashSet<>();
        each(connection, table.schema(), table.name(), """
                        SELECT column_name FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, CURRENT_SCHEMA) AND table_name = ? AND is_nullable = 'YES'
                        """, row -> columns.add(row.getString(1)));
        return columns;
    }

    private static Set<String> values(SealedTable table) {
        return table.columns().stream().map(ValueColumn::name).collect(Collectors.toSet());
    }

    private static List<String> names(SealedTable table) {
        return table.key().stream().map(KeyColumn::name).toList();
    }
}
