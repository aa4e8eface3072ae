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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** MariaDB, where partitions are the server's own affair. */
final class MariaInspection extends DictionaryInspection {

    private final MariaDialect dialect;

    MariaInspection(MariaDialect dialect) {
        super(dialect);
        this.dialect = dialect;
    }

    @Override
    Comparator<String> spelling() {
        return String.CASE_INSENSITIVE_ORDER;
    }

    @Override
    String isOf(String schemaColumn, String tableColumn) {
        return MariaDictionary.isOf(schemaColumn, tableColumn);
    }

    @Override
    void bind(PreparedStatement statement, Optional<String> schema, String table) throws SQLException {
        MariaDictionary.bind(statement, schema, table);
    }

    /** Some users may write to a replica nevertheless; its rows would be others than the primary's from then on. */
    @Override
    public Optional<String> readOnly(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT @@global.read_only, @@tx_read_only OR @@innodb_read_only, CURRENT_USER()");
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (!Set.of("0", "OFF").contains(row.getString(1))) {
                return Optional.of(
                        "The server is read-only (read_only is on), as a replica is. Connect to its primary");
            }
            return row.getBoolean(2)
                    ? Optional.of("The database is read-only for the user " + row.getString(3)
                            + ". Connect to a server that takes writes")
                    : Optional.empty();
        }
    }

    @Override
    Map<String, List<String>> indexes(Connection connection, SealedTable table, boolean onlyUnique)
            throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        Set<String> prefixes = new HashSet<>();
        each(
                connection,
                table,
                "index_name, column_name, sub_part FROM information_schema.statistics",
                " AND index_type = 'BTREE'" + (onlyUnique ? " AND non_unique = 0" : "")
                        + " ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index",
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
    void kinds(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        each(connection, table, """
                LOWER(t.table_type), t.engine, COALESCE(e.transactions, 'NO')
                FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine""", "", row -> {
            if (!row.getString(1).equals("base table")) {
                findings.add(notATable(table, row.getString(1)));
            } else if (!row.getString(3).equals("YES")) {
                findings.add(finding(
                        Problem.NO_TRANSACTIONS,
                        table,
                        "The table " + shown(table) + " is kept by the storage engine " + row.getString(2)
                                + ", which has no transactions. ALTER TABLE " + dialect.name(table)
                                + " ENGINE = InnoDB"));
            }
        });
    }

    @Override
    Optional<String> wanted(StorageForm form, String type) {
        boolean isRight = form == StorageForm.BINARY
                ? type.equals("varbinary") || type.endsWith("blob")
                : type.equals("varchar") || type.endsWith("text");
        return isRight
                ? Optional.empty()
                : Optional.of(form == StorageForm.BINARY ? "varbinary or a blob" : "varchar or a text");
    }

    @Override
    List<String> alsoWritten(Connection connection, SealedTable table) throws SQLException {
        return MariaDictionary.updatedByThemselves(connection, table);
    }

    @Override
    void triggers(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        if (!MariaGrants.showTriggers(connection, table)) {
            findings.add(finding(
                    Problem.UPDATE_TRIGGER,
                    table,
                    "Triggers on " + shown(table)
                            + " can't be seen without the privilege TRIGGER, and may fire for every"
                            + " row that is re-encrypted. GRANT TRIGGER ON " + dialect.name(table) + " to the user"));
        }
        query(
                connection,
                table.schema(),
                table.name(),
                "SELECT trigger_name FROM information_schema.triggers WHERE "
                        + isOf("event_object_schema", "event_object_table")
                        + " AND event_manipulation = 'UPDATE' AND LEFT(trigger_name, 13) <> 'reseal_fence_' ORDER BY 1",
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

    /** A text's limit is in bytes; sealed values have one in each character. */
    @Override
    Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException {
        Map<String, Long> widths = new TreeMap<>(spelling());
        each(
                connection,
                table,
                "column_name, character_maximum_length FROM information_schema.columns",
                " AND data_type IN ('varchar', 'tinytext', 'text', 'mediumtext')",
                row -> widths.put(row.getString(1), row.getLong(2)));
        return widths;
    }
}
