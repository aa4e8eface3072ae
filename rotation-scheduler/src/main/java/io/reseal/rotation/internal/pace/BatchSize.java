package io.reseal.rotation.internal.pace;

import java.time.Duration;

/**
 * How many rows a batch has, by what the database takes to write them: a few more after each that was quick, a quarter more
 * after one that was very quick, twice as many after one that was next to nothing, a fifth less after one that took too long,
 * half after one that took twice that. Beside traffic, whoever needs the same processor or row waits for the statement, so
 * that it must be short; otherwise a quarter of a second is well below the statement timeout. The rest of the transaction is
 * the same for any number of rows: were it counted, batches beside traffic would stay so small that they are little else.
 *
 * <p>A step starts from the batch that was written, not from what is asked for now: a window's batches are dealt out before
 * the first of them is written, somewhat smaller than asked for, and all of them tell about that size. Otherwise only the
 * first of a window could make batches larger, and each could make them smaller.
 */
final class BatchSize {

    static final int LEAST = 50;
    static final int MOST = 5_000;
    static final Duration ALONE = Duration.ofMillis(250);
    static final Duration BESIDE_TRAFFIC = Duration.ofMillis(5);

    private static final int MORE = 10;
    private static final int VERY_QUICK = 2;
    private static final int NEXT_TO_NOTHING = 5;

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
        boolean isOfThatSize = written * 2 >= rows;
        if (writing.compareTo(aim) > 0) {
            int size = isOfThatSize ? written : rows;
            int less = writing.compareTo(aim.multipliedBy(2)) > 0 ? size / 2 : size * 4 / 5;
            rows = Math.max(LEAST, Math.min(rows, less));
        } else if (isOfThatSize) {
            rows = Math.min(MOST, Math.max(rows, written + MORE + more(written, writing, aim)));
        }
    }

    private static int more(int written, Duration writing, Duration aim) {
        if (writing.multipliedBy(NEXT_TO_NOTHING).compareTo(aim) < 0) {
            return written;
        }
        return writing.multipliedBy(VERY_QUICK).compareTo(aim) < 0 ? written / 4 : 0;
    }
}
