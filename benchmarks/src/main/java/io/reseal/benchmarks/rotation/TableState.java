package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the server says about the table.
 *
 * @param tableBytes the table without its indexes
 * @param totalBytes the table with its indexes
 */
record TableState(long tableBytes, long totalBytes, long hotUpdates, long updates) {

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    static TableState of(Database database) {
        return new TableState(
                database.number("SELECT pg_table_size('customer')"),
                database.number("SELECT pg_total_relation_size('customer')"),
                statistic(database, "n_tup_hot_upd"),
                statistic(database, "n_tup_upd"));
    }

    /** Waits until the server's statistics know of {@code updates}: sessions report when they end. */
    static TableState afterUpdates(Database database, long updates) {
        long deadline = System.nanoTime() + LONGEST_NANOS;
        while (statistic(database, "n_tup_upd") < updates) {
            WrongRunException.require(
                    System.nanoTime() < deadline,
                    "The server knows of " + statistic(database, "n_tup_upd") + " updates only, of " + updates);
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return of(database);
    }

    private static long statistic(Database database, String name) {
        return database.number(
                "SELECT coalesce(max(" + name + "), 0) FROM pg_stat_user_tables WHERE relname = 'customer'");
    }
}
