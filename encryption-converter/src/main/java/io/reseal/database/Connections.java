package io.reseal.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Connections in auto-commit mode and READ COMMITTED, however the application's pool hands them out: with auto-commit off,
 * Jdbi would take each for a transaction that somebody else commits.
 */
final class Connections implements ConnectionFactory {

    private final DataSource dataSource;
    private final boolean autoCommit;
    private final int isolation;

    /** Notes how the pool hands connections out, so that they go back the same way. */
    Connections(DataSource dataSource) throws SQLException {
        this.dataSource = dataSource;
        try (Connection connection = dataSource.getConnection()) {
            autoCommit = connection.getAutoCommit();
            isolation = connection.getTransactionIsolation();
        }
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setAutoCommit(true);
            isolate(connection, Connection.TRANSACTION_READ_COMMITTED);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try (connection) {
            isolate(connection, isolation);
            connection.setAutoCommit(autoCommit);
        }
    }

    /** Asks the server for nothing where the pool sets the level already: nothing here limits how long that may take. */
    private void isolate(Connection connection, int level) throws SQLException {
        if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(level);
        }
    }
}
