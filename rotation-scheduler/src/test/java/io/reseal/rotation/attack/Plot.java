package io.reseal.rotation.attack;

import java.sql.Connection;
import java.sql.SQLException;

/** A fault that was planted before the proof and strikes after it, or while it is taken. */
interface Plot extends AutoCloseable {

    /** The moment of truth; fails with what the database says to it. */
    void strike() throws Exception;

    /** Undone where that is possible: called when the plot is over. */
    @Override
    default void close() throws SQLException {}

    /** One that needs nothing but SQL at the moment when it strikes. */
    static Plot sql(Site site, String sql) {
        return () -> site.execute(sql);
    }

    /** A session in the middle of a transaction, which ends with {@code last}, prepared before it, and a commit. */
    static Plot inTransaction(Site site, String first, String last) throws SQLException {
        return inTransaction(site, Connection.TRANSACTION_READ_COMMITTED, first, last);
    }

    static Plot inTransaction(Site site, int isolation, String first, String last) throws SQLException {
        Connection session = site.session();
        session.setTransactionIsolation(isolation);
        session.createStatement().execute("PREPARE last AS " + last);
        session.setAutoCommit(false);
        session.createStatement().execute(first);
        return new Plot() {
            @Override
            public void strike() throws SQLException {
                session.createStatement().execute("EXECUTE last");
                session.commit();
            }

            @Override
            public void close() throws SQLException {
                session.rollback();
                session.close();
            }
        };
    }
}
