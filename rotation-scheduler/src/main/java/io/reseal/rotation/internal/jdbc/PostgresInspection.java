package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.reencryption.Finding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** PostgreSQL: a table, its partitions and its heirs, as the system catalogs have them. */
final class PostgresInspection extends TableInspection {

    /** The table and everything under it; one parameter, its name. */
    static final String TREE = """
            WITH RECURSIVE tree(oid) AS (
                SELECT CAST(to_regclass(?) AS oid)
                UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree t ON i.inhparent = t.oid)
            """;

    /** A table's columns with their types and, of domains, all types behind them; one parameter, the table's name. */
    private static final String BASES = """
            WITH RECURSIVE base(name, type, typmod, is_domain) AS (
                SELECT a.attname, a.atttypid, a.atttypmod, y.typtype = 'd'
                FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL SELECT b.name, d.typbasetype, d.typtypmod, y.typtype = 'd'
                FROM base b JOIN pg_type d ON d.oid = b.type JOIN pg_type y ON y.oid = d.typbasetype
                WHERE b.is_domain)
            """;

    private final PostgresDialect dialect;

    PostgresInspection(PostgresDialect dialect) {
        super(dialect);
        this.dialect = dialect;
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> list(Connection connection, String regclass, String sql, Reader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, regclass);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> list = new ArrayList<>();
                while (rows.next()) {
                    list.add(reader.read(rows));
                }
                return list;
            }
        }
    }

    @Override
    public Optional<String> readOnly(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                        SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', current_user
                        """);
                ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getBoolean(1)) {
                return Optional.of("The database is a standby, which is read-only. Connect to its primary");
            }
            return row.getBoolean(2)
                    ? Optional.of("The database is read-only for the user " + row.getString(3)
                            + ": default_transaction_read_only is on. Set it off for this user and database")
                    : Optional.empty();
        }
    }

    @Override
    public List<TablePart> parts(Connection connection, Optional<String> schema, String table) throws SQLException {
        return list(
                connection,
                dialect.regclass(schema, table),
                TREE + """
                        SELECT n.nspname, c.relname FROM tree t JOIN pg_class c ON c.oid = t.oid
                             JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relkind <> 'p' AND (SELECT COUNT(*) FROM tree) > 1
                        ORDER BY 1, 2
                        """,
                row -> new TablePart(Optional.of(row.getString(1)), row.getString(2)));
    }

    /** A B-tree over the whole table and in the collations of its columns. */
    private record Index(List<String> columns, boolean isUnique, boolean isPrimary, boolean isNotNull) {}

    private List<Index> indexes(Connection connection, SealedTable table) throws SQLException {
        return list(
                connection,
                regclass(table),
                """
                        SELECT array_agg(CAST(a.attname AS text) ORDER BY k.place), bool_and(i.indisunique),
                               bool_and(i.indisprimary), bool_and(a.attnotnull)
                        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
                             CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[]), CAST(i.indcollation AS oid[]))
                                                WITH ORDINALITY AS k(number, coll, place)
                             LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                        WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree'
                          AND k.place <= i.indnkeyatts
                        GROUP BY i.indexrelid
                        HAVING bool_and(k.number > 0 AND k.coll = a.attcollation)
                        ORDER BY i.indexrelid
                        """,
                row -> new Index(
                        List.of((String[]) row.getArray(1).getArray()),
                        row.getBoolean(2),
                        row.getBoolean(3),
                        row.getBoolean(4)));
    }

    @Override
    public Optional<List<String>> uniqueKey(Connection connection, SealedTable table) throws SQLException {
        Set<String> key = Set.copyOf(names(table));
        return indexes(connection, table).stream()
                .filter(index -> index.isUnique() && index.isNotNull())
                .filter(index -> table.columns().stream()
                        .noneMatch(column -> index.columns().contains(column.name())))
                .min(Comparator.<Index, Boolean>comparing(index -> !new HashSet<>(index.columns()).equals(key))
                        .thenComparing(index -> !key.containsAll(index.columns()))
                        .thenComparing(index -> !index.isPrimary()))
                .map(Index::columns);
    }

    @Override
    public boolean hasIndex(Connection connection, SealedTable table) throws SQLException {
        List<String> key = names(table);
        return indexes(connection, table).stream()
                .map(Index::columns)
                .anyMatch(columns -> columns.size() >= key.size()
                        && columns.subList(0, key.size()).equals(key));
    }

    @Override
    public List<Finding> findings(Connection connection, SealedTable table) throws SQLException {
        return new PostgresFindings(connection, table, regclass(table)).all();
    }

    /** PostgreSQL has none: it takes a trigger to change a column with every update. */
    @Override
    public List<String> autoUpdated(Connection connection, Optional<String> schema, String table) {
        return List.of();
    }

    @Override
    Map<String, Long> widths(Connection connection, SealedTable table) throws SQLException {
        Map<String, Long> widths = new HashMap<>();
        list(connection, regclass(table), BASES + """
                        SELECT name, MIN(typmod) - 4 FROM base WHERE typmod > 4 AND type = CAST('varchar' AS regtype)
                        GROUP BY name
                        """, row -> widths.put(row.getString(1), row.getLong(2)));
        return widths;
    }

    @Override
    Set<String> nullable(Connection connection, SealedTable table) throws SQLException {
        return Set.copyOf(list(connection, regclass(table), """
                        SELECT attname FROM pg_attribute
                        WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped AND NOT attnotnull
                        """, row -> row.getString(1)));
    }

    private String regclass(SealedTable table) {
        return dialect.regclass(table.schema(), table.name());
    }

    private static List<String> names(SealedTable table) {
        return table.key().stream().map(KeyColumn::name).toList();
    }
}
