package io.reseal.database;

import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;

/** Repeats a transaction that lost a race against another process doing the same: the second time it finds it done. */
final class Conflicts {

    private static final int ATTEMPTS = 10;

    /** SQLSTATE classes: 23 a constraint, 40 rolled back by the database. */
    private static final Set<String> CLASSES = Set.of("23", "40");

    /** SQLSTATEs: the object exists already (H2, PostgreSQL), lock timeout (PostgreSQL, H2). */
    private static final Set<String> STATES = Set.of("42S01", "42S11", "42P07", "55P03", "HYT00");

    /** Numbers under HY000, which stands for much else: a row or a table was changed, lock timeout (MariaDB), an index exists already (H2). */
    private static final Set<Integer> NUMBERS = Set.of(1020, 1205, 1412, 50000);

    private Conflicts() {}

    static void repeat(Runnable transaction) {
        for (int i = 1; i < ATTEMPTS; i++) {
            try {
                transaction.run();
                return;
            } catch (JdbiException e) {
                if (!isConflict(e)) {
                    throw e;
                }
            }
        }
        transaction.run();
    }

    private static boolean isConflict(JdbiException e) {
        return e.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && isConflict(cause.getSQLState(), cause.getErrorCode());
    }

    private static boolean isConflict(String state, int number) {
        return STATES.contains(state)
                || CLASSES.contains(state.substring(0, 2))
                || (state.equals("HY000") && NUMBERS.contains(number));
    }
}
