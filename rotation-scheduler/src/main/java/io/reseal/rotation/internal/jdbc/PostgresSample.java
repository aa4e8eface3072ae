package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads a hundred pages or so, spread over a table of PostgreSQL. */
final class PostgresSample {

    private static final int SAMPLED_PAGES = 100;
    private static final int PAGE_BYTES = 8_192;
    private static final double PERCENT = 100;

    private final PostgresDialect dialect;
    private final SealedTable table;
    private final List<String> columns;

    PostgresSample(PostgresDialect dialect, SealedTable table) {
        this.dialect = dialect;
        this.table = table;
        this.columns = table.key().stream()
                .map(column -> "t." + dialect.quoted(column.name()))
                .toList();
    }

    KeySample take(Connection connection, Bounds bounds) throws SQLException {
        double percent = Math.min(PERCENT, PERCENT * SAMPLED_PAGES / Math.max(1, pages(connection)));
        String texts = columns.stream().map(dialect::asText).collect(Collectors.joining(", "));
        Sql sql = new Sql(String.format(
                        Locale.ROOT,
                        "SELECT %s FROM %s t TABLESAMPLE SYSTEM (%.6f) WHERE ",
                        texts,
                        dialect.name(table),
                        percent))
                .add(dialect.isWithin(table, bounds))
                .add(" ORDER BY " + String.join(", ", columns));
        List<RowAddress> keys = new ArrayList<>();
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                keys.add(RowAddress.read(rows, columns.size()));
            }
        }
        return new KeySample(Math.round(keys.size() * PERCENT / percent), keys);
    }

    private long pages(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COALESCE(pg_relation_size(to_regclass(?)), 0)")) {
            statement.setString(1, dialect.regclass(table.schema(), table.name()));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1) / PAGE_BYTES;
            }
        }
    }
}
