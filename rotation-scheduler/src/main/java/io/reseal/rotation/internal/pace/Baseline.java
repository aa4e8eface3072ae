package io.reseal.rotation.internal.pace;

import java.time.Duration;
import java.time.Instant;

/**
 * What is usual for a number that load makes larger: the average of the first seconds; afterwards it follows smaller values
 * within seconds and larger ones within minutes. A lasting change becomes usual, an overload does not.
 */
final class Baseline {

    private static final Duration LEARNING = Duration.ofSeconds(3);
    private static final double DOWN_SECONDS = 8;
    private static final double UP_SECONDS = 300;
    private static final double MILLIS = 1_000;

    private Instant first = Instant.MAX;
    private Instant last = Instant.MAX;
    private double value;
    private int seen;

    void see(Instant now, double number) {
        seen++;
        if (seen == 1) {
            first = now;
            value = number;
        } else if (now.isBefore(first.plus(LEARNING))) {
            value += (number - value) / seen;
        } else {
            double seconds = Math.max(0, Duration.between(last, now).toMillis() / MILLIS);
            double constant = number < value ? DOWN_SECONDS : UP_SECONDS;
            value += (number - value) * (1 - Math.exp(-seconds / constant));
        }
        last = now;
    }

    /** Whether there is something to compare with. */
    boolean isKnown(Instant now) {
        return seen > 0 && !now.isBefore(first.plus(LEARNING));
    }

    double value() {
        return value;
    }
}
