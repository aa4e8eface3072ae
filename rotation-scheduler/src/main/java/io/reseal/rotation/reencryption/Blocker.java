package io.reseal.rotation.reencryption;

import java.time.Duration;
import java.util.Optional;

/**
 * A transaction that a hard proof waits for: it has written to a table, or prepared to, and has not ended. Never says what
 * it wrote.
 *
 * @param process the database's number for its session; empty for a prepared transaction
 * @param preparedTransaction the name under which it was prepared
 * @param application what the session calls itself
 * @param state what the session does, as the database tells it; empty where the database does not let Reseal's user see it
 * @param age how long ago the transaction began, or was prepared
 */
public record Blocker(
        String table,
        Optional<Integer> process,
        Optional<String> preparedTransaction,
        String user,
        Optional<String> application,
        Optional<String> state,
        Optional<Duration> age) {

    @Override
    public String toString() {
        return preparedTransaction
                        .map(name -> "the prepared transaction '" + name + "'")
                        .or(() -> process.map(number -> "process " + number))
                        .orElse("a session")
                + " of " + user
                + application.map(name -> " (" + name + ")").orElse("")
                + state.map(text -> ", " + text).orElse("")
                + age.map(time -> ", for " + time).orElse("")
                + ", on " + table;
    }
}
