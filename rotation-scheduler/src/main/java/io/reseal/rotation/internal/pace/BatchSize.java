package io.reseal.rotation.internal.pace;

import java.time.Duration;

/**
 * How many rows a batch has, by what the database takes to write them: a few more after each that was quick, a quarter more
 * after one that was very quick, a fifth less after one that took too long, half after one that took twice that. Beside
 * traffic, whoever needs the same processor or row waits for the statement, so that it must be short; otherwise a quarter of
 * a second is well below the statement timeout. The rest of the transaction is the same for any number of rows: were it
 * counted, batches beside traffic would stay so small that they are little else.
 */
final class BatchSize {

    static final int LEAST = 50;
    static final int MOST = 5_000;
    static final Duration ALONE = Duration.ofMillis(250);
    static final Duration BESIDE_TRAFFIC = Duration.ofMillis(5);

    private static final int MORE = 10;

    private int rows = LEAST;

    int rows() {
        return rows;
    }

    /** A batch of which nothing was written teaches nothing. */
    void learn(int written, Duration writing, boolean isBesideTraffic) {
        if (written == 0) {
            return;
        }
        Duration aim = isBesideTraffic ? BESIDE_TRAFFIC : ALONE;
        if (writing.compareTo(aim.multipliedBy(2)) > 0) {
            rows = Math.max(LEAST, rows / 2);
        } else if (writing.compareTo(aim) > 0) {
            rows = Math.max(LEAST, rows * 4 / 5);
        } else if (written >= rows) {
            int more = writing.multipliedBy(2).compareTo(aim) < 0 ? rows / 4 : 0;
            rows = Math.min(MOST, rows + MORE + more);
        }
    }
}
