package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.SealedColumn;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.TablePart;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** The tables of the catalog, matched with the database: what cannot be reached is refused by name. */
final class Targets {

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final ColumnScope catalog;

    Targets(Jdbi jdbi, Dialect dialect, ColumnScope catalog) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.catalog = catalog;
    }

    /**
     * Every table that ever held sealed values.
     *
     * @param findings what is gone, can't be seen or can't address rows
     */
    record Sight(List<TargetTable> tables, List<Finding> findings) {}

    Sight look() {
        Map<TableName, List<SealedColumn>> byTable = catalog.columns().stream()
                .collect(Collectors.groupingBy(
                        column -> new TableName(column.schema(), column.table()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        List<Finding> findings = new ArrayList<>();
        List<TargetTable> tables = new ArrayList<>();
        byTable.forEach((name, columns) -> tables.add(target(address(name, columns), columns, findings)));
        return new Sight(tables, findings);
    }

    /**
     * Every table that ever held sealed values.
     *
     * @throws ReencryptionRefusedException if a table or column is gone, or a key column cannot address rows
     */
    List<TargetTable> all() {
        Sight sight = look();
        require(sight.findings());
        return sight.tables();
    }

    /**
     * The range's table, with its rows addressed as the range has it; empty if that was a part of a table and is gone.
     *
     * @throws ReencryptionRefusedException if the table itself, or a column, is gone
     */
    Optional<TargetTable> of(KeyRange range) {
        if (range.part().isPresent()
                && inDatabase(connection -> columns(connection, range.part().get()))
                        .isEmpty()) {
            return Optional.empty();
        }
        List<SealedColumn> columns = catalog.columns().stream()
                .filter(column -> new TableName(column.schema(), column.table()).equals(range.table()))
                .toList();
        List<Finding> findings = new ArrayList<>();
        TargetTable table = target(range, columns, findings);
        require(findings);
        return Optional.of(table);
    }

    /** The table of one entry of the catalog, with that column alone; empty if either is gone. */
    Optional<TargetTable> of(SealedColumn column) {
        TableName name = new TableName(column.schema(), column.table());
        boolean isThere = inDatabase(connection -> columns(connection, name)).containsKey(column.column());
        return isThere
                ? Optional.of(target(address(name, List.of(column)), List.of(column), new ArrayList<>()))
                : Optional.empty();
    }

    /**
     * The relations that hold the rows of a table, each with the key by which the database itself tells them apart, if there
     * is one: its columns and their order are then those of the index.
     */
    List<TargetTable> parts(TargetTable table) {
        List<TablePart> parts = inDatabase(connection -> dialect.inspection()
                .parts(connection, table.name().schema(), table.name().table()));
        if (parts.isEmpty()) {
            return List.of(addressed(table));
        }
        List<SealedColumn> columns =
                table.entries().stream().flatMap(List::stream).toList();
        return parts.stream()
                .map(part -> new KeyRange(
                        table.name(),
                        Optional.of(new TableName(part.schema(), part.name())),
                        table.shape().key().stream().map(KeyColumn::name).toList(),
                        table.shape().keyUnique(),
                        Bounds.ALL))
                .map(range -> addressed(target(range, columns, new ArrayList<>())))
                .toList();
    }

    private TargetTable addressed(TargetTable table) {
        SealedTable shape = table.shape();
        return inDatabase(connection -> {
            Map<String, Optional<String>> types = dialect.columns(connection, shape.schema(), shape.name());
            return dialect.inspection()
                    .uniqueKey(connection, shape)
                    .map(columns -> key(columns, types))
                    .filter(key ->
                            key.stream().noneMatch(column -> column.type().isEmpty()))
                    .map(key -> new TargetTable(table.name(), shape.addressedBy(key, true), table.entries()))
                    .orElse(table);
        });
    }

    /** The columns with what a text is cast to; empty for one that is gone or can't address rows. */
    private static List<KeyColumn> key(List<String> columns, Map<String, Optional<String>> types) {
        return columns.stream()
                .map(column -> new KeyColumn(
                        column, types.getOrDefault(column, Optional.empty()).orElse("")))
                .toList();
    }

    private static void require(List<Finding> findings) {
        if (!findings.isEmpty()) {
            throw new ReencryptionRefusedException(
                    findings.stream().map(Finding::report).toList());
        }
    }

    /** Entries of one table may address rows differently: one that addresses a single row is preferred. */
    private static KeyRange address(TableName name, List<SealedColumn> columns) {
        SealedColumn best =
                columns.stream().filter(SealedColumn::keyUnique).findFirst().orElse(columns.get(0));
        return new KeyRange(name, Optional.empty(), best.keyColumns(), best.keyUnique(), Bounds.ALL);
    }

    private TargetTable target(KeyRange range, List<SealedColumn> catalogued, List<Finding> findings) {
        TableName relation = range.part().orElse(range.table());
        Map<String, List<SealedColumn>> byColumn = catalogued.stream()
                .collect(Collectors.groupingBy(SealedColumn::column, TreeMap::new, Collectors.toList()));
        Map<String, Optional<String>> found = Map.of();
        try {
            found = inDatabase(
                    connection -> columns(connection, relation)); // finds names as the database compares them
            findings.addAll(new Discrepancies(range, found).of(byColumn.keySet()));
        } catch (EngineSqlException e) {
            findings.add(denied(range.table(), e));
        }
        List<KeyColumn> key = key(range.key(), found);
        List<ValueColumn> values = byColumn.entrySet().stream()
                .map(column -> new ValueColumn(
                        column.getKey(), column.getValue().get(0).form()))
                .toList();
        List<String> autoUpdated = found.isEmpty()
                ? List.of()
                : inDatabase(connection ->
                        dialect.inspection().autoUpdated(connection, relation.schema(), relation.table()));
        SealedTable shape = new SealedTable(
                relation.schema(),
                relation.table(),
                range.part().isPresent(),
                key,
                range.keyUnique(),
                values,
                autoUpdated);
        return new TargetTable(range.table(), shape, List.copyOf(byColumn.values()));
    }

    private Finding denied(TableName table, EngineSqlException e) {
        if (!(e.getCause() instanceof SQLException cause) || !dialect.isDenied(cause)) {
            throw e;
        }
        String schema = table.schema().orElse("");
        return Discrepancies.finding(
                Problem.NO_PRIVILEGE,
                table,
                "The user may not use the schema of the table " + table + ". GRANT USAGE ON SCHEMA "
                        + dialect.quoted(schema) + " to it");
    }

    private Map<String, Optional<String>> columns(Connection connection, TableName table) throws SQLException {
        return dialect.columns(connection, table.schema(), table.table());
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T inDatabase(Question<T> question) {
        try {
            return jdbi.<T, SQLException>withHandle(
                    handle -> dialect.asking(handle.getConnection(), () -> question.ask(handle.getConnection())));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
