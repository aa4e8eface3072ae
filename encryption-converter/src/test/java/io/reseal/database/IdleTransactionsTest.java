package io.reseal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.Test;

class IdleTransactionsTest {

    private static final Map<Databases, String> QUESTIONS = Map.of(
            Databases.POSTGRESQL, "SHOW idle_in_transaction_session_timeout",
            Databases.MARIADB, "SELECT concat(@@idle_transaction_timeout, 's')");

    @EachDatabase
    void theServerIsToldWhenToEndATransaction(Databases databases) {
        assumeTrue(QUESTIONS.containsKey(databases), "H2 has no such limit");
        try (ResealDatabase database = open(databases)) {
            database.jdbi().useHandle(handle -> {
                assertThat(handle.<String, RuntimeException>inTransaction(one -> limit(one, databases)))
                        .isEqualTo("10s");
                assertThat(handle.<String, RuntimeException>inTransaction(
                                TransactionIsolationLevel.REPEATABLE_READ, one -> limit(one, databases)))
                        .isEqualTo("10s");
                handle.begin();
                assertThat(limit(handle, databases)).isEqualTo("10s");
                handle.rollback();
            });
        }
    }

    /** It may be one that is handed over, or stand behind a proxy that gives it to others. */
    @Test
    void aConnectionToPostgresqlIsAsBeforeAfterTheTransaction() {
        try (ResealDatabase database = open(Databases.POSTGRESQL)) {
            database.jdbi().useHandle(handle -> {
                String before = limit(handle, Databases.POSTGRESQL);
                handle.useTransaction(one -> {});
                assertThat(limit(handle, Databases.POSTGRESQL))
                        .isEqualTo(before)
                        .isNotEqualTo("10s");
            });
        }
    }

    private static String limit(Handle handle, Databases databases) {
        return handle.createQuery(QUESTIONS.get(databases)).mapTo(String.class).one();
    }

    private static ResealDatabase open(Databases databases) {
        return ResealDatabase.open(databases.fresh().settings(Map.of()), "test", 1);
    }
}
