package io.reseal.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Has the server end a transaction that nobody goes on with for ten seconds: a process that is frozen in the middle of one would keep the
 * locks on what all nodes share for as long as it is. PostgreSQL is told so with each transaction; MariaDB with each connection of
 * Reseal's own pool; H2 cannot.
 */
public final class IdleTransactions {

    private static final int SECONDS = 10;

    private IdleTransactions() {}

    /** For the transaction that is open on {@code connection}, or begins with this; afterwards the connection is as before. */
    public static void limit(Connection connection, DatabaseProduct product) throws SQLException {
        if (product == DatabaseProduct.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT set_config('idle_in_transaction_session_timeout', '" + SECONDS + "s', true)");
            }
        }
    }

    /** What is said once on each connection of a pool that is Reseal's alone. */
    static Optional<String> whenConnected(String url) {
        return url.startsWith("jdbc:mariadb:")
                ? Optional.of("SET SESSION idle_transaction_timeout = " + SECONDS)
                : Optional.empty();
    }

    /** Limits every transaction of {@code handler}. */
    static TransactionHandler limiting(TransactionHandler handler, DatabaseProduct product) {
        return new Limiting(handler, product);
    }

    private static final class Limiting extends DelegatingTransactionHandler {

        private final DatabaseProduct product;

        Limiting(TransactionHandler delegate, DatabaseProduct product) {
            super(delegate);
            this.product = product;
        }

        @Override
        public void begin(Handle handle) {
            super.begin(handle);
            limit(handle);
        }

        @Override
        public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> work) throws X {
            return super.inTransaction(handle, limited(work));
        }

        @Override
        public <R, X extends Exception> R inTransaction(
                Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
            return super.inTransaction(handle, level, limited(work));
        }

        private <R, X extends Exception> HandleCallback<R, X> limited(HandleCallback<R, X> work) {
            return handle -> {
                limit(handle);
                return work.withHandle(handle);
            };
        }

        private void limit(Handle handle) {
            try {
                IdleTransactions.limit(handle.getConnection(), product);
            } catch (SQLException e) {
                throw new TransactionException(e);
            }
        }

        @Override
        public TransactionHandler specialize(Handle handle) throws SQLException {
            return new Limiting(getDelegate().specialize(handle), product);
        }
    }
}
