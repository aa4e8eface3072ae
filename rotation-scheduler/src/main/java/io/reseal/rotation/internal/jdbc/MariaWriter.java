package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes and locks the rows of a batch on MariaDB.
 *
 * @param changes all of the same columns
 */
record MariaWriter(MariaDialect dialect, SealedTable table, List<RowChange> changes) {

    /** Behind a change of the table's definition the server by default waits a day. */
    private static final String GIVING_WAY = "SET STATEMENT lock_wait_timeout = 1";

    /** A session that is not strict would cut a value that does not fit, and count the row as written. */
    private static final String STRICTLY = ", sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";

    /** Whoever waits for no row can't be part of a deadlock, whose victim could be the application. */
    private static final String WITHOUT_WAITING = GIVING_WAY + STRICTLY + ", innodb_lock_wait_timeout = 0 FOR ";

    /** Without the other limit, with which the server at times takes a row that it skips for a failed commit (error 1180). */
    private static final String SKIPPING = GIVING_WAY + " FOR ";

    /** The positions of what was written. */
    Set<Integer> write(Connection connection) throws SQLException {
        List<String> unchanged = MariaDictionary.updatedByThemselves(connection, table);
        Set<Integer> positions = new HashSet<>();
        for (MariaChanges part : MariaChanges.parts(dialect, table, changes)) {
            positions.addAll(write(connection, part, unchanged));
        }
        for (int position : longOnes()) {
            if (longOne(position).write(connection, WITHOUT_WAITING, unchanged)) {
                positions.add(position);
            }
        }
        return positions;
    }

    private static Set<Integer> write(Connection connection, MariaChanges changes, List<String> unchanged)
            throws SQLException {
        String sql = WITHOUT_WAITING + "UPDATE " + changes.joined(MariaChanges.READ) + " SET "
                + changes.assignments(unchanged);
        try (PreparedStatement statement = changes.prepare(connection, sql)) {
            if (changes.areAll(statement.executeUpdate())) {
                return changes.positions();
            }
        }
        return positions(connection, changes, "SELECT v.position FROM " + changes.joined(MariaChanges.SEALED));
    }

    /** The positions of what is locked now. */
    Set<Integer> lockFree(Connection connection) throws SQLException {
        Set<Integer> positions = new HashSet<>();
        for (MariaChanges part : MariaChanges.parts(dialect, table, changes)) {
            String sql =
                    SKIPPING + "SELECT v.position FROM " + part.joined(MariaChanges.READ) + " FOR UPDATE SKIP LOCKED";
            positions.addAll(positions(connection, part, sql));
        }
        for (int position : longOnes()) {
            if (longOne(position).lock(connection, SKIPPING)) {
                positions.add(position);
            }
        }
        return positions;
    }

    private List<Integer> longOnes() {
        return IntStream.range(0, changes.size())
                .filter(position -> MariaLongChange.isLong(changes.get(position)))
                .boxed()
                .toList();
    }

    private MariaLongChange longOne(int position) {
        return new MariaLongChange(dialect, table, changes.get(position));
    }

    private static Set<Integer> positions(Connection connection, MariaChanges changes, String sql) throws SQLException {
        Set<Integer> positions = new HashSet<>();
        try (PreparedStatement statement = changes.prepare(connection, sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                positions.add(rows.getInt(1));
            }
        }
        return positions;
    }
}
