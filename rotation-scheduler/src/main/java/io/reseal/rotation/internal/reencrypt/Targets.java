package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.rotation.ReencryptionRefusedException;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.ValueColumn;
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
    private final ColumnCatalog catalog;

    Targets(Jdbi jdbi, Dialect dialect, ColumnCatalog catalog) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.catalog = catalog;
    }

    /**
     * Every table that ever held sealed values.
     *
     * @throws ReencryptionRefusedException if a table or column is gone, or a key column cannot address rows
     */
    List<TargetTable> all() {
        Map<TableName, List<SealedColumn>> byTable = catalog.columns().stream()
                .collect(Collectors.groupingBy(
                        column -> new TableName(column.schema(), column.table()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        List<String> problems = new ArrayList<>();
        List<TargetTable> tables = new ArrayList<>();
        byTable.forEach((name, columns) -> {
            KeyRange address = address(name, columns);
            tables.add(target(address, columns, problems));
        });
        if (!problems.isEmpty()) {
            throw new ReencryptionRefusedException(problems);
        }
        return tables;
    }

    /** The range's table, with its rows addressed as the range has it. */
    TargetTable of(KeyRange range) {
        List<SealedColumn> columns = catalog.columns().stream()
                .filter(column -> new TableName(column.schema(), column.table()).equals(range.table()))
                .toList();
        List<String> problems = new ArrayList<>();
        TargetTable table = target(range, columns, problems);
        if (!problems.isEmpty()) {
            throw new ReencryptionRefusedException(problems);
        }
        return table;
    }

    /** Entries of one table may address rows differently: one that addresses a single row is preferred. */
    private static KeyRange address(TableName name, List<SealedColumn> columns) {
        SealedColumn best =
                columns.stream().filter(SealedColumn::keyUnique).findFirst().orElse(columns.get(0));
        return new KeyRange(name, best.keyColumns(), best.keyUnique(), Bounds.ALL);
    }

    private TargetTable target(KeyRange range, List<SealedColumn> catalogued, List<String> problems) {
        Map<String, List<SealedColumn>> byColumn = catalogued.stream()
                .collect(Collectors.groupingBy(SealedColumn::column, TreeMap::new, Collectors.toList()));
        Map<String, Optional<String>> found = columns(range.table());
        if (found.isEmpty()) {
            problems.add(
                    "The table " + range.table() + " does not exist. Restore it; if it was dropped for good, delete its"
                            + " rows from reseal_column");
        } else {
            byColumn.keySet().stream()
                    .filter(column -> !found.containsKey(column))
                    .forEach(column -> problems.add("The column " + range.table() + "." + column + " does not exist."
                            + " Restore it; if it was dropped for good, delete its row from reseal_column"));
        }
        List<KeyColumn> key = range.key().stream()
                .map(column -> new KeyColumn(column, keyType(range, column, found, problems)))
                .toList();
        List<ValueColumn> values = byColumn.entrySet().stream()
                .map(column -> new ValueColumn(
                        column.getKey(), column.getValue().get(0).form()))
                .toList();
        SealedTable shape =
                new SealedTable(range.table().schema(), range.table().table(), key, range.keyUnique(), values);
        return new TargetTable(range.table(), shape, List.copyOf(byColumn.values()));
    }

    private static String keyType(
            KeyRange range, String column, Map<String, Optional<String>> found, List<String> problems) {
        if (found.isEmpty()) {
            return "";
        }
        if (!found.containsKey(column)) {
            problems.add("The key column " + range.table() + "." + column + " does not exist, so that no row can be"
                    + " addressed. Start the application once, so that it records its present key columns");
            return "";
        }
        return found.get(column).orElseGet(() -> {
            problems.add(
                    "The key column " + range.table() + "." + column + " has a type by which rows can't be addressed."
                            + " Use an integer, numeric, character, uuid, date or timestamp column");
            return "";
        });
    }

    private Map<String, Optional<String>> columns(TableName table) {
        try {
            return jdbi.<Map<String, Optional<String>>, SQLException>withHandle(handle -> {
                Connection connection = handle.getConnection();
                return dialect.columns(connection, table.schema(), table.table());
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
