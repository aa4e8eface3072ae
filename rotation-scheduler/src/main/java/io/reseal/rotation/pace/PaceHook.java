package io.reseal.rotation.pace;

import java.net.URI;
import java.time.Duration;

/** A signal of the operator's own; it holds for every effort. */
public sealed interface PaceHook {

    /** The name that its readings carry. */
    String name();

    /**
     * A query whose first column of the first row is a number; it runs in the database of the run, read only and for at
     * most a second, twice in a second.
     */
    record Query(String name, String sql, Threshold threshold) implements PaceHook {}

    /**
     * An address that is asked twice in a second: 200 lets the run go on, 429 and 503 stop it, and anything else, or
     * none within {@code timeout}, is unavailable.
     *
     * @param timeout more than zero, a second at most
     */
    record Address(String name, URI uri, Duration timeout) implements PaceHook {

        private static final Duration LONGEST = Duration.ofSeconds(1);

        public Address {
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("The timeout of hook " + name + " is " + timeout
                        + ": use more than zero and at most " + LONGEST);
            }
        }
    }
}
