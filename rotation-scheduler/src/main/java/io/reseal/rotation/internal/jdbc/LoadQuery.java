package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** A query about the load of a database: one row, within the time that such a question may take. */
final class LoadQuery {

    private LoadQuery() {}

    /** Reads the row. */
    interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** @param names the statement's one parameter, if it has any */
    static <T> T ask(Connection connection, String sql, List<String> names, Mapper<T> mapper) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(LoadSignals.LONGEST_SECONDS);
            if (sql.contains("?")) {
                statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return mapper.map(rows);
            }
        }
    }
}
