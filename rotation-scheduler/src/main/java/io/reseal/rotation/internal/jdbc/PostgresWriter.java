package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes and locks the rows of a batch on PostgreSQL, each in one statement that takes them as arrays.
 *
 * @param changes all of the same columns
 */
record PostgresWriter(PostgresDialect dialect, SealedTable table, List<RowChange> changes) {

    /**
     * Counts, and only if the count falls short asks which rows hold now what was sealed: nobody else could have written
     * that. Where a key addresses several rows, a count tells nothing.
     */
    Set<Integer> write(Connection connection) throws SQLException {
        ChangeArrays arrays = new ChangeArrays(table, changes);
        String update = "UPDATE " + dialect.name(table) + " AS t SET " + arrays.assignments() + " FROM "
                + arrays.unnested() + " WHERE " + arrays.isAsRead();
        if (!table.keyUnique()) {
            return positions(connection, arrays, update + " RETURNING v.position");
        }
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            arrays.bind(connection, statement);
            if (statement.executeUpdate() == changes.size()) {
                return Dialect.all(changes.size());
            }
        }
        return positions(connection, arrays, joined(arrays, arrays.isAsSealed()));
    }

    /** The positions of what is locked now. */
    Set<Integer> lockFree(Connection connection) throws SQLException {
        ChangeArrays arrays = new ChangeArrays(table, changes);
        return positions(connection, arrays, joined(arrays, arrays.isAsRead()) + " FOR NO KEY UPDATE OF t SKIP LOCKED");
    }

    private String joined(ChangeArrays arrays, String condition) {
        return "SELECT v.position FROM " + dialect.name(table) + " AS t JOIN " + arrays.unnested() + " ON " + condition;
    }

    private static Set<Integer> positions(Connection connection, ChangeArrays arrays, String sql) throws SQLException {
        Set<Integer> positions = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            arrays.bind(connection, statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    positions.add(rows.getInt(1) - 1);
                }
            }
        }
        return positions;
    }
}
