package io.reseal.rotation.internal.health;

import io.reseal.StorageForm;
import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.LockWait;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Columns that can hold sealed values, and how some of their values begin. Waits for nobody who holds a table. */
final class TextColumns {

    /** Longer than every header. */
    private static final int BEGINNING = 32;

    private static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(1));
    private static final int SECONDS = 10;
    private static final Set<String> TEXT = Set.of(
            "text",
            "character varying",
            "character",
            "varchar",
            "char",
            "tinytext",
            "mediumtext",
            "longtext",
            "character large object");
    private static final Set<String> BINARY = Set.of(
            "bytea",
            "binary varying",
            "binary",
            "varbinary",
            "tinyblob",
            "blob",
            "mediumblob",
            "longblob",
            "binary large object");

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final String own;
    private final int rows;

    /** @param rows of each table, at most */
    TextColumns(ResealDatabase database, int rows) {
        this.jdbi = database.jdbi();
        this.dialect = Dialect.of(database.product());
        this.own = database.product() == DatabaseProduct.MARIADB ? "DATABASE()" : "CURRENT_SCHEMA";
        this.rows = rows;
    }

    /** @param schema empty for the connection's own */
    record Table(String schema, String name) implements Comparable<Table> {

        private SealedTable shape() {
            return SealedTable.named(Optional.of(schema).filter(text -> !text.isEmpty()), name);
        }

        @Override
        public int compareTo(Table other) {
            return Comparator.comparing(Table::schema)
                    .thenComparing(Table::name)
                    .compare(this, other);
        }

        @Override
        public String toString() {
            return schema.isEmpty() ? name : schema + "." + name;
        }
    }

    record Column(Table table, String name, StorageForm form) {

        String schema() {
            return table.schema();
        }

        @Override
        public String toString() {
            return table + "." + name;
        }
    }

    /** Those of the connection's own schema and of others, without Reseal's own. For a join, PostgreSQL reads all columns once for each table. */
    List<Column> all(Set<String> schemas) {
        Set<String> others = new TreeSet<>(schemas);
        others.add(""); // a list must not be empty
        return jdbi.withHandle(handle -> handle
                .createQuery("""
                        SELECT CASE WHEN c.table_schema = <own> THEN '' ELSE c.table_schema END AS in_schema,
                               c.table_name AS in_table, c.column_name AS named, c.data_type AS typed
                        FROM information_schema.columns c
                        WHERE (c.table_schema = <own> OR c.table_schema IN (<others>))
                          AND (c.table_schema, c.table_name) IN (
                              SELECT t.table_schema, t.table_name FROM information_schema.tables t
                              WHERE t.table_type = 'BASE TABLE')
                        ORDER BY in_schema, in_table, named
                        """)
                .define("own", own)
                .bindList("others", List.copyOf(others))
                .map((row, context) -> column(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
    }

    private static Optional<Column> column(ResultSet row) throws SQLException {
        Table table = new Table(row.getString("in_schema"), row.getString("in_table"));
        String type = row.getString("typed").toLowerCase(Locale.ROOT);
        boolean isOwn = table.name().toLowerCase(Locale.ROOT).startsWith("reseal_");
        if (isOwn || !(TEXT.contains(type) || BINARY.contains(type))) {
            return Optional.empty();
        }
        StorageForm form = TEXT.contains(type) ? StorageForm.TEXT : StorageForm.BINARY;
        return Optional.of(new Column(table, row.getString("named"), form));
    }

    /**
     * The headers that were found in each column, one for each value that looks sealed.
     *
     * @throws JdbiException if the table cannot be read, or not in time
     */
    Map<Column, List<String>> headers(Table table, List<Column> columns) {
        try {
            return jdbi.<Map<Column, List<String>>, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                return PATIENCE.bound(connection, () -> headers(connection, table, columns));
            });
        } catch (SQLException e) {
            throw new UnreadableTableException(e);
        }
    }

    /** Nothing of the values is in its message. */
    private static final class UnreadableTableException extends JdbiException {

        private static final long serialVersionUID = 1L;

        UnreadableTableException(SQLException cause) {
            super(cause);
        }
    }

    private Map<Column, List<String>> headers(Connection connection, Table table, List<Column> columns)
            throws SQLException {
        Map<Column, List<String>> found = new LinkedHashMap<>();
        columns.forEach(column -> found.put(column, new ArrayList<>()));
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            try (ResultSet row = statement.executeQuery(sql(table, columns))) {
                while (row.next()) {
                    for (int i = 0; i < columns.size(); i++) {
                        String header = row.getString(i + 1);
                        if (header != null) {
                            found.computeIfAbsent(columns.get(i), column -> new ArrayList<>())
                                    .add(header);
                        }
                    }
                }
            }
        }
        return found;
    }

    /** Only beginnings leave the table: a value may be large. */
    private String sql(Table table, List<Column> columns) {
        String beginnings = columns.stream()
                .map(column -> dialect.quoted(column.name()))
                .map(name -> "SUBSTRING(" + name + " FROM 1 FOR " + BEGINNING + ") AS " + name)
                .collect(Collectors.joining(", "));
        String headers = IntStream.range(0, columns.size())
                .mapToObj(i -> dialect.headerOf(new ValueColumn(
                                columns.get(i).name(), columns.get(i).form())) + " AS h" + i)
                .collect(Collectors.joining(", "));
        return "SELECT " + headers + " FROM (SELECT " + beginnings + " FROM " + dialect.name(table.shape()) + " LIMIT "
                + rows + ") t";
    }
}
