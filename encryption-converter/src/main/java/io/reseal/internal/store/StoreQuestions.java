package io.reseal.internal.store;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.database.ResealDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Asks the key store's database, within a time and again after a deadlock, and says in Reseal's words what went wrong. */
final class StoreQuestions {

    /** SQLSTATE class. */
    private static final String CONSTRAINT_VIOLATION = "23";

    /** SQLSTATE class: the database undid the transaction to end a deadlock, and it may be asked for again. */
    private static final String ROLLED_BACK = "40";

    private static final int ATTEMPTS = 5;

    private final ResealDatabase database;
    private final TimeLimit limit;

    /** @param limit how long one statement may take, in whole seconds */
    StoreQuestions(ResealDatabase database, Duration limit) {
        this.database = database;
        this.limit = new TimeLimit(limit);
    }

    <T> T ask(Function<Handle, T> question) {
        for (int attempt = 1; true; attempt++) {
            try {
                return database.jdbi().withHandle(handle -> limit.within(handle, question));
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !isOf(e, ROLLED_BACK)) {
                    throw translated(e);
                }
            }
        }
    }

    /** Whether a constraint of the database forbids it. */
    static boolean isContradiction(JdbiException failure) {
        return isOf(failure, CONSTRAINT_VIOLATION);
    }

    private static boolean isOf(JdbiException failure, String stateClass) {
        return failure.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && cause.getSQLState().startsWith(stateClass);
    }

    private static RuntimeException translated(JdbiException failure) {
        return isContradiction(failure)
                ? new IllegalStateException(
                        "The transition contradicts what the key store holds; nothing was changed", failure)
                : new KeyStoreUnavailableException(
                        "The key store in the database did not answer. Check the database behind reseal.keystore, and try again",
                        failure);
    }
}
