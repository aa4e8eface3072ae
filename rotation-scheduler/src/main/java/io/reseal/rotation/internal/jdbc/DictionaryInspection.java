package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the information schemas of H2 and MariaDB have in common; privileges are tried out, without a row. */
abstract sealed class DictionaryInspection extends TableInspection permits H2Inspection, MariaInspection {

    private final Dialect dialect;

    DictionaryInspection(Dialect dialect) {
        super(dialect);
        this.dialect = dialect;
    }

    interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    /** How the database compares the names of columns. */
    abstract Comparator<String> spelling();

    /** The condition that a row of the dictionary is about the table, which {@link #bind} completes. */
    abstract String isOf(String schemaColumn, String tableColumn);

    abstract void bind(PreparedStatement statement, Optional<String> schema, String table) throws SQLException;

    /** The columns of each B-tree over whole columns; those of the primary key first, where the database tells. */
    abstract Map<String, List<String>> indexes(Connection connection, SealedTable table, boolean onlyUnique)
            throws SQLException;

    /** The types that hold sealed values, as a person would name them, if {@code type} is none of them. */
    abstract Optional<String> wanted(StorageForm form, String type);

    /** Tables that the database keeps in a way of its own. */
    abstract void kinds(Connection connection, SealedTable table, List<Finding> findings) throws SQLException;

    /** Columns that have to be written besides the sealed ones. */
    abstract List<String> alsoWritten(Connection connection, SealedTable table) throws SQLException;

    /** Whether the user may do anything, so that trying it out says nothing. */
    boolean isAdministrator(Connection connection) throws SQLException {
        return false;
    }

    abstract void triggers(Connection connection, SealedTable table, List<Finding> findings) throws SQLException;

    /** {@code columns} names the relation as well; {@code more} goes on with AND, or ORDER BY. */
    void each(Connection connection, SealedTable table, String columns, String more, Reader reader)
            throws SQLException {
        query(
                connection,
                table.schema(),
                table.name(),
                "SELECT " + columns + " WHERE " + isOf("table_schema", "table_name") + more,
                reader);
    }

    void query(Connection connection, Optional<String> schema, String table, String sql, Reader reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, schema, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    @Override
    public final List<TablePart> parts(Connection connection, Optional<String> schema, String table) {
        return List.of();
    }

    @Override
    public final Optional<List<String>> uniqueKey(Connection connection, SealedTable table) throws SQLException {
        Set<String> key = spelled(names(table));
        Set<String> nullable = nullable(connection, table);
        Set<String> values =
                spelled(table.columns().stream().map(ValueColumn::name).toList());
        return indexes(connection, table, true).values().stream()
                .filter(columns -> columns.stream().noneMatch(nullable::contains))
                .filter(columns -> columns.stream().noneMatch(values::contains))
                .min(Comparator.<List<String>, Boolean>comparing(
                                columns -> !spelled(columns).equals(key))
                        .thenComparing(columns -> !key.containsAll(columns)));
    }

    private Set<String> spelled(Collection<String> names) {
        Set<String> set = new TreeSet<>(spelling());
        set.addAll(names);
        return set;
    }

    @Override
    public final boolean hasIndex(Connection connection, SealedTable table) throws SQLException {
        List<String> key = names(table);
        return indexes(connection, table, false).values().stream().anyMatch(columns -> beginsWith(columns, key));
    }

    private boolean beginsWith(List<String> columns, List<String> key) {
        for (int i = 0; i < key.size(); i++) {
            if (i == columns.size() || spelling().compare(columns.get(i), key.get(i)) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final List<Finding> findings(Connection connection, SealedTable table) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        kinds(connection, table, findings);
        if (findings.isEmpty()) {
            List<String> writable = columns(connection, table, findings);
            privileges(connection, table, writable, findings);
            triggers(connection, table, findings);
        }
        return findings;
    }

    static Finding notATable(SealedTable table, String kind) {
        return finding(
                Problem.NOT_A_TABLE,
                table,
                "The relation " + shown(table) + " is a " + kind + ", whose rows are not its own. Re-encrypt the table"
                        + " behind it, and retire its columns, which takes two people");
    }

    /** Returns those columns against which nothing stands. */
    private List<String> columns(Connection connection, SealedTable table, List<Finding> findings) throws SQLException {
        Map<String, StorageForm> forms = new TreeMap<>(spelling());
        table.columns().forEach(column -> forms.put(column.name(), column.form()));
        List<String> writable = new ArrayList<>();
        each(connection, table, "column_name, data_type, is_generated FROM information_schema.columns", "", row -> {
            String name = row.getString(1);
            StorageForm form = forms.get(name);
            if (form != null) {
                unwritable(table, row, form)
                        .ifPresentOrElse(
                                reason -> findings.add(finding(Problem.UNWRITABLE_COLUMN, table, reason)),
                                () -> writable.add(name));
            }
        });
        return writable;
    }

    private Optional<String> unwritable(SealedTable table, ResultSet row, StorageForm form) throws SQLException {
        String name = row.getString(1);
        String column = "The column " + shown(table) + "." + name;
        if (row.getString(3).equals("ALWAYS")) {
            return Optional.of(column + " is generated from others. Encrypt a column of its own");
        }
        if (spelled(names(table)).contains(name)) {
            return Optional.of(column + " is part of the key. Address the rows by others");
        }
        String type = row.getString(2);
        return wanted(form, type).map(types -> column + " has the type " + type + ". It has to be " + types);
    }

    private void privileges(Connection connection, SealedTable table, List<String> writable, List<Finding> findings)
            throws SQLException {
        if (isAdministrator(connection)) {
            return;
        }
        String name = dialect.name(table);
        List<String> written = new ArrayList<>(writable);
        written.addAll(alsoWritten(connection, table));
        Set<String> read = spelled(written);
        read.addAll(names(table));
        String assignments = written.stream()
                .map(dialect::quoted)
                .map(column -> column + " = " + column)
                .collect(Collectors.joining(", "));
        attempt(connection, table, "SELECT", "SELECT " + list(read) + " FROM " + name + " WHERE 1 = 0")
                .ifPresent(findings::add);
        if (!written.isEmpty()) {
            attempt(connection, table, "UPDATE", "UPDATE " + name + " SET " + assignments + " WHERE 1 = 0")
                    .ifPresent(findings::add);
        }
    }

    private String list(Collection<String> columns) {
        return columns.stream().map(dialect::quoted).collect(Collectors.joining(", "));
    }

    private Optional<Finding> attempt(Connection connection, SealedTable table, String privilege, String sql)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
            return Optional.empty();
        } catch (SQLException e) {
            if (!dialect.isDenied(e)) {
                throw e;
            }
            return Optional.of(missing(table, privilege));
        }
    }

    private Finding missing(SealedTable table, String privilege) {
        return finding(
                Problem.NO_PRIVILEGE,
                table,
                "The user may not " + privilege.toLowerCase(Locale.ROOT) + " the table " + shown(table) + ". GRANT "
                        + privilege + " ON " + dialect.name(table) + " to it");
    }

    @Override
    final Set<String> nullable(Connection connection, SealedTable table) throws SQLException {
        Set<String> columns = new TreeSet<>(spelling());
        each(
                connection,
                table,
                "column_name FROM information_schema.columns",
                " AND is_nullable = 'YES'",
                row -> columns.add(row.getString(1)));
        return columns;
    }

    static List<String> names(SealedTable table) {
        return table.key().stream().map(KeyColumn::name).toList();
    }
}
