package io.reseal.rotation.internal.pace;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Books what goes over a Jdbi's connections as this node's own work: each commit, in auto-commit mode each statement, and the
 * time that the database takes for them. Whatever were left out would be taken for the application's.
 */
public final class CountedConnections implements JdbiPlugin {

    private final OwnWork own;

    public CountedConnections(OwnWork own) {
        this.own = own;
    }

    @Override
    public Connection customizeConnection(Connection connection) {
        return proxy(Connection.class, new OfConnection(connection));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(CountedConnections.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** One at a time uses a connection and its statements. */
    private final class OfConnection implements InvocationHandler {

        private final Connection connection;
        private boolean isInTransaction;

        OfConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            return switch (method.getName()) {
                case "commit" -> ended(method, arguments, isInTransaction ? 1 : 0);
                case "rollback" -> ended(method, arguments, 0);
                case "setAutoCommit" -> ended(method, arguments, isInTransaction ? 1 : 0);
                default -> counted(call(connection, method, arguments));
            };
        }

        private @Nullable Object ended(Method method, Object @Nullable [] arguments, int commits) throws Throwable {
            long begun = System.nanoTime();
            Object result = call(connection, method, arguments);
            if (isInTransaction) {
                own.add(commits, Duration.ofNanos(System.nanoTime() - begun));
                isInTransaction = false;
            }
            return result;
        }

        private @Nullable Object counted(@Nullable Object result) {
            if (result instanceof CallableStatement statement) {
                return proxy(CallableStatement.class, new OfStatement(this, statement));
            }
            if (result instanceof PreparedStatement statement) {
                return proxy(PreparedStatement.class, new OfStatement(this, statement));
            }
            return result instanceof Statement statement
                    ? proxy(Statement.class, new OfStatement(this, statement))
                    : result;
        }

        void executed(Duration took) throws SQLException {
            isInTransaction = !connection.getAutoCommit();
            own.add(isInTransaction ? 0 : 1, took);
        }
    }

    private record OfStatement(OfConnection connection, Statement statement) implements InvocationHandler {

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            long begun = System.nanoTime();
            Object result = call(statement, method, arguments);
            connection.executed(Duration.ofNanos(System.nanoTime() - begun));
            return result;
        }
    }
}
