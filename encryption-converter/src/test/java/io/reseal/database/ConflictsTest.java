package io.reseal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConflictsTest {

    @ParameterizedTest
    @CsvSource({
        "23505, 0", // PostgreSQL and H2: a unique constraint
        "23000, 1062", // MariaDB: the same
        "40001, 0",
        "40P01, 0",
        "42P07, 0", // PostgreSQL: the table is there
        "42S01, 42101", // H2: the same
        "42S11, 42111", // H2: the index is there
        "55P03, 0", // PostgreSQL: lock timeout
        "HYT00, 50200", // H2: the same
        "HY000, 50000", // H2: an index came to be there meanwhile
        "HY000, 1205", // MariaDB: lock timeout
        "HY000, 1412", // MariaDB: the table was changed
        "HY000, 1020" // MariaDB: the row was changed
    })
    void aLostRaceIsRunAgain(String state, int number) {
        AtomicInteger runs = new AtomicInteger();
        Conflicts.repeat(() -> {
            if (runs.incrementAndGet() < 3) {
                throw new ConnectionException(new SQLException("lost", state, number));
            }
        });
        assertThat(runs).hasValue(3);
    }

    @ParameterizedTest
    @CsvSource({
        "HY000, 1290", // MariaDB: read only
        "HY000, 1021", // MariaDB: the disk is full
        "HYC00, 50100", // H2: no such feature
        "08006, 1205", // a number of another database, or of another error
        "42501, 0",
        ", 1205"
    })
    void whateverElseFailsIsThrownAtOnce(String state, int number) {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> Conflicts.repeat(() -> {
                    runs.incrementAndGet();
                    throw new ConnectionException(new SQLException("no", state, number));
                }))
                .isInstanceOf(ConnectionException.class);
        assertThat(runs).hasValue(1);
    }
}
