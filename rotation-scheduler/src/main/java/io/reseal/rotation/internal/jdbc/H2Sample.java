package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Keys spread over a part of a table, counted off along its key. */
record H2Sample(H2Dialect dialect, SealedTable table, Bounds bounds) {

    private static final int SAMPLED_KEYS = 16;

    KeySample take(Connection connection) throws SQLException {
        long rows = H2Dictionary.rows(connection, table);
        List<RowAddress> keys = rows == 0 ? List.of() : countedOff(connection, rows);
        long within = bounds.equals(Bounds.ALL) ? rows : rows * (keys.size() + 1) / SAMPLED_KEYS;
        return new KeySample(within, keys.stream().distinct().toList());
    }

    private List<RowAddress> countedOff(Connection connection, long rows) throws SQLException {
        List<RowAddress> keys = new ArrayList<>();
        for (int i = 1; i < SAMPLED_KEYS; i++) {
            Optional<RowAddress> key = key(connection, rows * i / SAMPLED_KEYS);
            if (key.isEmpty()) {
                return keys;
            }
            keys.add(key.get());
        }
        return keys;
    }

    private Optional<RowAddress> key(Connection connection, long offset) throws SQLException {
        List<String> columns = table.key().stream()
                .map(column -> "t." + dialect.quoted(column.name()))
                .toList();
        Sql sql = new Sql("SELECT " + columns.stream().map(dialect::asText).collect(Collectors.joining(", ")) + " FROM "
                        + dialect.name(table) + " t WHERE ")
                .add(dialect.isWithin(table, bounds))
                .add(" ORDER BY " + String.join(", ", columns) + " LIMIT 1 OFFSET " + offset);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(RowAddress.read(row, columns.size())) : Optional.empty();
        }
    }
}
