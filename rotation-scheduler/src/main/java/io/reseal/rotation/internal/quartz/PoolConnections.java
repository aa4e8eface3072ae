package io.reseal.rotation.internal.quartz;

import io.reseal.database.IdleTransactions;
import io.reseal.database.ResealDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.quartz.impl.jdbcjobstore.AttributeRestoringConnectionInvocationHandler;
import org.quartz.utils.ConnectionProvider;

/**
 * Quartz's connections: READ COMMITTED and in a transaction that may not stay idle, however the pool hands them out, and given back as
 * they came.
 */
final class PoolConnections implements ConnectionProvider {

    private final ResealDatabase database;
    private final Pulse pulse;

    PoolConnections(ResealDatabase database, Pulse pulse) {
        this.database = database;
        this.pulse = pulse;
    }

    @Override
    public Connection getConnection() throws SQLException {
        pulse.beat();
        Connection connection = database.dataSource().getConnection();
        try {
            var restoring = new AttributeRestoringConnectionInvocationHandler(connection);
            restoring.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            restoring.setAutoCommit(false);
            IdleTransactions.limit(connection, database.product());
            return (Connection) Proxy.newProxyInstance(
                    PoolConnections.class.getClassLoader(), new Class<?>[] {Connection.class}, restoring);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Whoever opened the pool closes it. */
    @Override
    public void shutdown() {}

    @Override
    public void initialize() {}
}
