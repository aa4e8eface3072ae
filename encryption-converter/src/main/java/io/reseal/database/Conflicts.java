package io.reseal.database;

import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.JdbiException;

/** Repeats a transaction that lost a race against another process doing the same: the second time it finds it done. */
final class Conflicts {

    private static final int ATTEMPTS = 10;

    /** SQLSTATE classes: 23 a constraint, 40 rolled back by the database, HY lock timeout (H2). */
    private static final Set<String> CLASSES = Set.of("23", "40", "HY");

    /** SQLSTATEs: the object exists already (H2, PostgreSQL), lock timeout (PostgreSQL). */
    private static final Set<String> STATES = Set.of("42S01", "42S11", "42P07", "55P03");

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
        String state = e.getCause() instanceof SQLException cause ? cause.getSQLState() : null;
        return state != null && (STATES.contains(state) || CLASSES.contains(state.substring(0, 2)));
    }
}
