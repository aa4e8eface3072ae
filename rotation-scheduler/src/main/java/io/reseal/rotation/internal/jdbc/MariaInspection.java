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

/** MariaDB, by its information schema; privileges are tried out, without a row. Partitions are the server's own affair. */
final class MariaInspection extends TableInspection {

    private final MariaDialect dialect;

    MariaInspection(MariaDialect dialect) {
        super(dialect);
        this.dialect = dialect;
    }

    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    /** The query ends with a condition to which others are added; its two parameters are schema and table. */
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
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT @@tx_read_only OR @@innodb_read_only, CURRENT_USER()");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1)
                    ? Optional.of("The database is read-only for the user " + row.getString(2)
                            + ". Connect to a server that takes writes")
                    : Optional.empty();
        }
    }

    @Override
    public List<TablePart> parts(Connection connection, Optional<String> schema, String table) {
        return List.of();
    }

    private static Map<String, List<String>> indexes(Connection connection, SealedTable table, boolean onlyUnique)
            throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        Set<String> prefixes = new HashSet<>();
        each(
                connection,
                table.schema(),
                table.name(),
                """
                SELECT index_name, column_name, sub_part FROM information_schema.statistics
                WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND index_type = 'BTREE'
                """
                        + (onlyUnique ? "AND non_unique = 0 " : "")
                        + "ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index",
                row -> {
                    indexes.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                            .add(row.getString(2));
                    if (row.getString(3) != null) {
                        prefixes.add(row.getString(1));
                    }
                });
        indexes.keySet().removeAll(prefixes);
        return indexes;
    }

    @Override
    public Optional<List<String>> uniqueKey(Connection connection, SealedTable table) throws SQLException {
        Set<String> key = Set.copyOf(key(table));
        Set<String> nullable = nullable(connection, table);
        List<String> values = table.columns().stream().map(ValueColumn::name).toList();
        return indexes(connection, table, true).values().stream()
                .filter(columns -> columns.stream().noneMatch(nullable::contains))
                .filter(columns -> columns.stream().noneMatch(values::contains))
                .min(Comparator.<List<String>, Boolean>comparing(columns -> !new HashSet<>(columns).equals(key))
                        .thenComparing(columns -> !key.containsAll(columns)));
    }

    @Override
    public boolean hasIndex(Connection connection, SealedTable table) throws SQLException {
        List<String> key = key(table);
        return indexes(connection, table, false).values().stream()
                .anyMatch(columns -> columns.size() >= key.size()
                        && columns.subList(0, key.size()).equals(key));
    }

    @Override
    public List<Finding> findings(Connection connection, SealedTable table) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        each(
                connection,
                table.schema(),
                table.name(),
                """
                        SELECT LOWER(table_type) FROM information_schema.tables
                        WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND table_type <> 'BASE TABLE'
                        """,
                row -> findings.add(finding(
                        Problem.NOT_A_TABLE,
                        table,
                        "The relation " + shown(table) + " is a " + row.getString(1)
                                + ", whose rows are not its own. Re-encrypt the table behind it, and delete its rows"
                                + " from reseal_column")));
        if (findings.isEmpty()) {
            columns(connection, table, findings);
            privileges(connection, table, findings);
            triggers(connection, table, findings);
        }
        return findings;
    }

    private static void columns(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        Map<String, StorageForm> forms = new HashMap<>();
        table.columns().forEach(column -> forms.put(column.name(), column.form()));
        each(connection, table.schema(), table.name(), """
                        SELECT column_name, data_type, is_generated FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?
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
        if (key(table).contains(row.getString(1))) {
            return Optional.of(column + " is part of the key. Address the rows by others");
        }
        String type = row.getString(2);
        boolean isRight = form == StorageForm.BINARY
                ? type.equals("varbinary") || type.endsWith("blob")
                : type.equals("varchar") || type.endsWith("text");
        return isRight
                ? Optional.empty()
                : Optional.of(column + " has the type " + type + ". It has to be "
                        + (form == StorageForm.BINARY ? "varbinary or a blob" : "varchar or a text"));
    }

    private void privileges(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        String name = dialect.name(table);
        privilege(connection, table, findings, "SELECT", "SELECT * FROM " + name + " WHERE 1 = 0");
        for (ValueColumn column : table.columns()) {
            String quoted = dialect.quoted(column.name());
            privilege(
                    connection,
                    table,
                    findings,
                    "UPDATE",
                    "UPDATE " + name + " SET " + quoted + " = " + quoted + " WHERE 1 = 0");
        }
    }

    private void privilege(
            Connection connection, SealedTable table, List<Finding> findings, String privilege, String attempt)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(attempt)) {
            statement.execute();
        } catch (SQLException e) {
            if (dialect.isDenied(e)) {
                findings.add(finding(
                        Problem.NO_PRIVILEGE,
                        table,
                        "The user may not " + privilege.toLowerCase(Locale.ROOT) + " the table " + shown(table)
                                + ". GRANT " + privilege + " ON " + dialect.name(table) + " to it"));
            }
        }
    }

    private static void triggers(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        each(
                connection,
                table.schema(),
                table.name(),
                """
                        SELECT trigger_name FROM information_schema.triggers
                        WHERE event_object_schema = COALESCE(?, DATABASE()) AND event_object_table = ?
                          AND event_manipulation = 'UPDATE' AND LEFT(trigger_name, 13) <> 'reseal_fence_'
                        ORDER BY 1
                        """,
                row -> findings.add(finding(
                        Problem.UPDATE_TRIGGER,
                        table,
                        "The trigger " + row.getString(1) + " on " + shown(table)
                                + " fires for every row that is re-encrypted")));
    }

    /** {@link MariaDialect} looks for them with each batch. */
    @Override
    public List<String> autoUpdated(Connection connection, Optional<String> schema, String table) {
        return List.of();
    }

    @Override
    Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException {
        Map<String, Long> widths = new HashMap<>();
        each(connection, table.schema(), table.name(), """
                        SELECT column_name, character_maximum_length FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND data_type = 'varchar'
                        """, row -> widths.put(row.getString(1), row.getLong(2)));
        return widths;
    }

    @Override
    Set<String> nullable(Connection connection, SealedTable table) throws SQLException {
        Set<String> columns = new HashSet<>();
        each(connection, table.schema(), table.name(), """
                        SELECT column_name FROM information_schema.columns
                        WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND is_nullable = 'YES'
                        """, row -> columns.add(row.getString(1)));
        return columns;
    }

    private static List<String> key(SealedTable table) {
        return table.key().stream().map(KeyColumn::name).toList();
    }
}
