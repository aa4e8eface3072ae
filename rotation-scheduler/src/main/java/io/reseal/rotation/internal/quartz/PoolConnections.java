package io.reseal.rotation.internal.quartz;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.quartz.impl.jdbcjobstore.AttributeRestoringConnectionInvocationHandler;
import org.quartz.utils.ConnectionProvider;

/** Quartz's connections: READ COMMITTED, however the pool hands them out, and given back as they came. */
final class PoolConnections implements ConnectionProvider {

    private final DataSource pool;

    PoolConnections(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            var restoring = new AttributeRestoringConnectionInvocationHandler(connection);
            restoring.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
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
