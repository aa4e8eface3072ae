package io.reseal.keys;

import java.time.Duration;

/**
 * When {@link Indication}s become alerts, and how long they are kept. One sign is a warning; many within a short time are
 * critical.
 *
 * @param burst how many values of one column, or on one node, have to fail to open within the window
 * @param window how long the short time is; whole minutes are compared
 * @param quiet how long nothing more may be met before an alert that somebody has acknowledged ends by itself
 * @param retention how long indications are kept
 */
public record IndicatorRules(int burst, Duration window, Duration quiet, Duration retention) {

    /** 20 within five minutes, a quiet day, 90 days. */
    public static final IndicatorRules STANDARD =
            new IndicatorRules(20, Duration.ofMinutes(5), Duration.ofDays(1), Duration.ofDays(90));

    public IndicatorRules {
        if (burst < 1) {
            throw new IllegalArgumentException("A burst of " + burst + " failures is none: it must be 1 at least");
        }
        if (window.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException(
                    "The window is " + window + ": it must be a minute at least, because minutes are compared");
        }
        if (quiet.isNegative() || quiet.isZero()) {
            throw new IllegalArgumentException("The quiet time is " + quiet + ": it must be positive");
        }
        if (retention.compareTo(window.plus(quiet)) < 0) {
            throw new IllegalArgumentException("The retention is " + retention + ": it must cover the window (" + window
                    + ") and the quiet time (" + quiet + ")");
        }
    }
}
