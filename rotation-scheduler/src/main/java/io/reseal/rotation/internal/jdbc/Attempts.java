package io.reseal.rotation.internal.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * Does a short transaction again where another node was faster, or holds a lock: for a few seconds. Every other failure is thrown at
 * once.
 */
public final class Attempts {

    /** How long one statement of it waits for the locks of others. */
    static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(1));

    public static final Attempts STANDARD = new Attempts(Duration.ofSeconds(4));

    /** Serialization failure, and of PostgreSQL and H2: deadlock, unique violation, lock timeout. */
    private static final Set<String> STATES = Set.of("40001", "40P01", "23505", "55P03", "HYT00");

    /** What MariaDB has no SQLSTATE of its own for: duplicate entry, lock wait timeout, deadlock. */
    private static final Set<Integer> MARIADB = Set.of(1062, 1205, 1213);

    private final Duration limit;

    /** @param limit after which no other attempt begins */
    Attempts(Duration limit) {
        this.limit = limit;
    }

    /** A transaction. */
    interface Transaction<T> {
        T run() throws SQLException;
    }

    /** Commits what {@code work} does, in as many transactions as that takes; none of its statements waits long for a lock. */
    public <T> T inTransaction(Jdbi jdbi, HandleCallback<T, RuntimeException> work) {
        return repeat(() -> jdbi.<T, SQLException>inTransaction(
                handle -> PATIENCE.bound(handle.getConnection(), () -> work.withHandle(handle))));
    }

    <T> T repeat(Transaction<T> transaction) {
        long start = System.nanoTime();
        while (true) {
            try {
                return transaction.run();
            } catch (JdbiException e) {
                if (!isLostRace(e.getCause()) || isOver(start)) {
                    throw e;
                }
            } catch (SQLException e) {
                if (!isLostRace(e) || isOver(start)) {
                    throw new TransactionException(e);
                }
            }
        }
    }

    private boolean isOver(long start) {
        return System.nanoTime() - start >= limit.toNanos();
    }

    static boolean isLostRace(@Nullable Throwable e) {
        return e instanceof SQLException failure
                && (STATES.contains(String.valueOf(failure.getSQLState())) || MARIADB.contains(failure.getErrorCode()));
    }
}
