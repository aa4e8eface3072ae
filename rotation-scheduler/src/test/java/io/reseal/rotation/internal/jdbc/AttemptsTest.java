package io.reseal.rotation.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AttemptsTest {

    private static SQLException locked() {
        return new SQLException("Lock wait timeout exceeded", "HY000", 1205);
    }

    /** Two rows; {@code other} has changed the first, and not committed. */
    private record Rows(Databases.TestDatabase database, Connection own, Connection other) implements AutoCloseable {

        static Rows of(Databases kind) throws SQLException {
            Databases.TestDatabase database = kind.fresh();
            database.execute("CREATE TABLE t (id int PRIMARY KEY, u char(1) UNIQUE, n int NOT NULL)");
            database.execute("INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0)");
            Rows rows = new Rows(database, begun(database), begun(database));
            execute(rows.other(), "UPDATE t SET n = 1 WHERE id = 1");
            return rows;
        }

        private static Connection begun(Databases.TestDatabase database) throws SQLException {
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            return connection;
        }

        private static void execute(Connection connection, String sql) throws SQLException {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        SQLException failure(String sql) {
            return catchThrowableOfType(SQLException.class, () -> execute(own, sql));
        }

        @Override
        public void close() throws SQLException {
            own.close();
            other.close();
        }
    }

    @EachDatabase
    void whatAnotherMadeFirstIsALostRace(Databases kind) throws SQLException {
        try (Rows rows = Rows.of(kind)) {
            assertThat(Attempts.isLostRace(rows.failure("INSERT INTO t VALUES (3, 'b', 0)")))
                    .isTrue();
        }
    }

    /** PostgreSQL waits for ever by default. */
    @EachDatabase
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLockThatIsHeldTooLongIsALostRace(Databases kind) throws SQLException {
        try (Rows rows = Rows.of(kind)) {
            Jdbi jdbi = Jdbi.create(rows.database()::connect);
            JdbiException failure = catchThrowableOfType(
                    JdbiException.class,
                    () -> new Attempts(Duration.ZERO).inTransaction(jdbi, handle -> {
                        handle.execute("UPDATE t SET n = 2 WHERE id = 1");
                        return true;
                    }));
            assertThat(Attempts.isLostRace(failure.getCause())).isTrue();
        }
    }

    @EachDatabase
    void aDeadlockIsALostRace(Databases kind) throws Exception {
        try (Rows rows = Rows.of(kind)) {
            Rows.execute(rows.own(), "UPDATE t SET n = 2 WHERE id = 2");
            CompletableFuture<Optional<SQLException>> others =
                    CompletableFuture.supplyAsync(() -> attempt(rows.other(), "UPDATE t SET n = 3 WHERE id = 2"));
            Optional<SQLException> own = attempt(rows.own(), "UPDATE t SET n = 3 WHERE id = 1");
            rows.own().rollback();
            assertThat(Stream.of(own, others.get(60, TimeUnit.SECONDS))
                            .flatMap(Optional::stream)
                            .toList())
                    .isNotEmpty()
                    .allMatch(Attempts::isLostRace);
        }
    }

    private static Optional<SQLException> attempt(Connection connection, String sql) {
        try {
            Rows.execute(connection, sql);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    @EachDatabase
    void whatIsWrongEveryTimeIsNone(Databases kind) throws SQLException {
        try (Rows rows = Rows.of(kind)) {
            for (String sql : new String[] {
                "INSERT INTO t VALUES (3, 'c', NULL)",
                "INSERT INTO t VALUES (3, 'too long', 0)",
                "SELECT * FROM nowhere",
                "SELECT nothing FROM t",
                "SELEC 1"
            }) {
                SQLException failure = rows.failure(sql);
                assertThat(Attempts.isLostRace(failure)).as(sql).isFalse();
                rows.own().rollback();
            }
            rows.own().close();
            assertThat(Attempts.isLostRace(rows.failure("SELECT 1"))).isFalse();
        }
    }

    @Test
    void otherFailuresAreThrownAtOnce() {
        SQLException readOnly = new SQLException("The server is read-only", "HY000", 1290);
        assertThatThrownBy(() -> once(() -> {
                    throw readOnly;
                }))
                .isInstanceOf(TransactionException.class)
                .hasCause(readOnly);
        assertThatThrownBy(() -> once(() -> {
                    throw new UnableToExecuteStatementException(readOnly, null);
                }))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasCause(readOnly);
    }

    private static void once(Attempts.Transaction<Boolean> transaction) {
        AtomicInteger attempts = new AtomicInteger();
        boolean unused = new Attempts(Duration.ofDays(1)).repeat(() -> {
            assertThat(attempts.incrementAndGet()).isEqualTo(1);
            return transaction.run();
        });
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLostRaceIsRunAgainUntilTheTimeIsOver() {
        assertThatThrownBy(() -> new Attempts(Duration.ofMillis(100)).repeat(() -> {
                    throw new UnableToExecuteStatementException(locked(), null);
                }))
                .isInstanceOf(UnableToExecuteStatementException.class);

        AtomicInteger attempts = new AtomicInteger();
        assertThat(new Attempts(Duration.ofDays(1)).<Integer>repeat(() -> {
                    if (attempts.incrementAndGet() < 7) {
                        throw locked();
                    }
                    return attempts.get();
                }))
                .isEqualTo(7);
    }
}
