package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.rotation.reencryption.ColumnProof;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Counts what a table holds under some keys: one statement in one snapshot, so that no row is missed because its key moved
 * meanwhile, and an error where row security would hide rows.
 */
final class ValueCount {

    private final Jdbi jdbi;
    private final Dialect dialect;

    ValueCount(Jdbi jdbi, Dialect dialect) {
        this.jdbi = jdbi;
        this.dialect = dialect;
    }

    CountedTable of(TargetTable table, List<KeyId> keys) {
        String sql = table.shape().columns().stream()
                .map(column -> counts(column, keys))
                .collect(Collectors.joining(
                        ", ",
                        "SELECT " + dialect.snapshotText() + ", ",
                        " FROM " + dialect.name(table.shape()) + " t"));
        try {
            return jdbi.<CountedTable, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return dialect.asking(connection, () -> counted(connection, sql, table, keys));
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    private static CountedTable counted(Connection connection, String sql, TargetTable table, List<KeyId> keys)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return read(row, table, keys);
        }
    }

    private String counts(ValueColumn column, List<KeyId> keys) {
        String remaining = keys.stream()
                .map(key -> "COUNT(CASE WHEN " + dialect.isUnder(column, List.of(key)) + " THEN 1 END)")
                .collect(Collectors.joining(", "));
        return "COUNT(t." + dialect.quoted(column.name()) + "), " + remaining;
    }

    private static CountedTable read(ResultSet row, TargetTable table, List<KeyId> keys) throws SQLException {
        Map<KeyId, List<ColumnProof>> columns = new LinkedHashMap<>();
        int position = 2;
        for (ValueColumn column : table.shape().columns()) {
            long values = row.getLong(position++);
            for (KeyId key : keys) {
                columns.computeIfAbsent(key, one -> new ArrayList<>())
                        .add(new ColumnProof(
                                table.name().schema(),
                                table.name().table(),
                                column.name(),
                                row.getLong(position++),
                                values));
            }
        }
        return new CountedTable(columns, row.getString(1), "");
    }
}
