package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a database's dictionary says about a table, and what may stand against re-encrypting it. Stateless; reads only, and
 * never counts an application's rows.
 */
public abstract sealed class TableInspection permits PostgresInspection, DictionaryInspection {

    private final Dialect dialect;

    TableInspection(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Why this connection can't write at all, with the remedy; empty if it can. */
    public abstract Optional<String> readOnly(Connection connection) throws SQLException;

    /** The relations that hold a table's rows; empty if the table itself does. */
    public abstract List<TablePart> parts(Connection connection, Optional<String> schema, String table)
            throws SQLException;

    /** The best unique key over columns that can't be null, in its index's order: the table's own key if that is one. */
    public abstract Optional<List<String>> uniqueKey(Connection connection, SealedTable table) throws SQLException;

    /** Whether an index begins with the table's key columns, in their order. */
    public abstract boolean hasIndex(Connection connection, SealedTable table) throws SQLException;

    /** Everything in the dictionary that stands against updating the columns of the table and of what belongs under it. */
    public abstract List<Finding> findings(Connection connection, SealedTable table) throws SQLException;

    /** Columns that the database changes by itself with every update. */
    public abstract List<String> autoUpdated(Connection connection, Optional<String> schema, String table)
            throws SQLException;

    /** How many characters each of the table's character columns takes; absent for those without a limit. */
    abstract Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException;

    abstract Set<String> nullable(Connection connection, SealedTable table) throws SQLException;

    /** What stands against it in the rows: keys that are null, and values that would not fit sealed under {@code target}. */
    public List<Finding> rowFindings(Connection connection, SealedTable table, List<KeyId> retired, KeyId target)
            throws SQLException {
        List<Finding> findings = new ArrayList<>();
        nullKey(connection, table, retired).ifPresent(findings::add);
        Map<String, Long> widths = widths(connection, table);
        for (ValueColumn column : table.columns()) {
            Long width = widths.get(column.name());
            if (column.form() == StorageForm.TEXT && width != null) {
                tooNarrow(connection, table, new Width(column, width), retired, target)
                        .ifPresent(findings::add);
            }
        }
        return findings;
    }

    private Optional<Finding> nullKey(Connection connection, SealedTable table, List<KeyId> retired)
            throws SQLException {
        Set<String> nullable = nullable(connection, table);
        List<String> columns = table.key().stream()
                .map(KeyColumn::name)
                .filter(nullable::contains)
                .toList();
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        String isNull = columns.stream()
                .map(column -> "t." + dialect.quoted(column) + " IS NULL")
                .collect(Collectors.joining(" OR "));
        String isStale = table.columns().stream()
                .map(column -> dialect.isUnder(column, retired))
                .collect(Collectors.joining(" OR "));
        return exists(connection, table, "(" + isNull + ") AND (" + isStale + ")")
                ? Optional.of(finding(
                        Problem.NULL_KEY,
                        table,
                        "The table " + shown(table) + " has stale rows whose key (" + String.join(", ", columns)
                                + ") is null, so that they can't be addressed. Give them a key or delete them"))
                : Optional.empty();
    }

    private record Width(ValueColumn column, long characters) {}

    /** Only the prefix of a sealed text grows, with the digits of its version. */
    private Optional<Finding> tooNarrow(
            Connection connection, SealedTable table, Width width, List<KeyId> retired, KeyId target)
            throws SQLException {
        for (KeyId key : retired) {
            int growth = target.textPrefix().length() - key.textPrefix().length();
            String longest =
                    "CHAR_LENGTH(t." + dialect.quoted(width.column().name()) + ") > " + (width.characters() - growth);
            if (growth > 0
                    && exists(connection, table, longest + " AND " + dialect.isUnder(width.column(), List.of(key)))) {
                return Optional.of(finding(
                        Problem.TOO_NARROW,
                        table,
                        "The column " + shown(table) + "." + width.column().name() + " takes " + width.characters()
                                + " characters, and holds values under " + key + " that need up to " + growth
                                + " more under " + target + ". Widen it by at least " + growth));
            }
        }
        return Optional.empty();
    }

    private boolean exists(Connection connection, SealedTable table, String condition) throws SQLException {
        dialect.seeAllRows(connection);
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT 1 FROM " + dialect.name(table) + " t WHERE " + condition + " LIMIT 1");
                ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    static Finding finding(Problem problem, SealedTable table, String message) {
        return new Finding(problem, table.schema(), table.name(), message);
    }

    /** The table's name in a message. */
    static String shown(SealedTable table) {
        return table.schema().map(schema -> schema + ".").orElse("") + table.name();
    }
}
