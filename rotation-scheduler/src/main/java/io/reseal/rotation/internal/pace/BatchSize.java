package io.reseal.rotation.internal.pace;

import java.time.Duration;

/**
 * How many rows a batch has: a few more after each that was quick, a quarter more after one that was very quick, half
 * after one that took too long. Beside traffic, a
 * transaction that meets a batch waits for it, so that a batch must be short; otherwise a quarter of a second is well
 * below the statement timeout.
 */
final class BatchSize {

    static final int LEAST = 50;
    static final int MOST = 5_000;
    static final Duration ALONE = Duration.ofMillis(250);
    static final Duration BESIDE_TRAFFIC = Duration.ofMillis(8);

    private static final int MORE = 10;

    private int rows = LEAST;

    int rows() {
        return rows;
    }

    void learn(int written, Duration took, boolean isBesideTraffic) {
        Duration aim = isBesideTraffic ? BESIDE_TRAFFIC : ALONE;
        if (took.compareTo(aim) > 0) {
            rows = Math.max(LEAST, rows / 2);
        } else if (written >= rows) {
            int more = took.multipliedBy(2).compareTo(aim) < 0 ? rows / 4 : 0;
            rows = Math.min(MOST, rows + MORE + more);
        }
    }
}
