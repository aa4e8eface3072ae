package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes and locks the rows of a batch on H2, one by one: after a row that is locked, H2 would go on with the rest of a JDBC
 * batch, and wait for each of them.
 *
 * @param changes all of the same columns
 */
record H2Writer(H2Dialect dialect, SealedTable table, List<RowChange> changes) {

    /** The positions of what was written. */
    Set<Integer> write(Connection connection) throws SQLException {
        String assignments = Stream.concat(
                        columns().stream().map(column -> column(column) + " = ?"),
                        table.autoUpdated().stream()
                                .map(column -> dialect.quoted(column) + " = " + dialect.quoted(column)))
                .collect(Collectors.joining(", "));
        String sql = "UPDATE " + dialect.name(table) + " t SET " + assignments + " WHERE " + isAsRead();
        Set<Integer> written = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < changes.size(); i++) {
                int parameter = 1;
                for (var swap : changes.get(i).swaps().entrySet()) {
                    statement.setObject(parameter++, swap.getValue().sealed().in(form(swap.getKey())));
                }
                bindAsRead(statement, parameter, changes.get(i));
                if (statement.executeUpdate() > 0) {
                    written.add(i);
                }
            }
        }
        return written;
    }

    /** The positions of what is locked now. */
    Set<Integer> lockFree(Connection connection) throws SQLException {
        String sql = "SELECT 1 FROM " + dialect.name(table) + " t WHERE " + isAsRead() + " FOR UPDATE SKIP LOCKED";
        Set<Integer> locked = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < changes.size(); i++) {
                bindAsRead(statement, 1, changes.get(i));
                try (ResultSet rows = statement.executeQuery()) {
                    if (rows.next()) {
                        locked.add(i);
                    }
                }
            }
        }
        return locked;
    }

    private String isAsRead() {
        Stream<String> key = table.key().stream()
                .map(column -> "t." + dialect.quoted(column.name()) + " = CAST(? AS " + column.type() + ")");
        Stream<String> values = columns().stream().map(column -> "t." + column(column) + " = ?");
        return Stream.concat(key, values).collect(Collectors.joining(" AND "));
    }

    private void bindAsRead(PreparedStatement statement, int first, RowChange change) throws SQLException {
        int parameter = first;
        for (int i = 0; i < table.key().size(); i++) {
            statement.setString(parameter++, change.address().parts().get(i));
        }
        for (var swap : change.swaps().entrySet()) {
            statement.setObject(parameter++, swap.getValue().read().in(form(swap.getKey())));
        }
    }

    private Set<Integer> columns() {
        return changes.get(0).swaps().keySet();
    }

    private String column(int column) {
        return dialect.quoted(table.columns().get(column).name());
    }

    private StorageForm form(int column) {
        return table.columns().get(column).form();
    }
}
