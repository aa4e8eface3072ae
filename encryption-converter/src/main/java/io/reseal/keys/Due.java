package io.reseal.keys;

import java.time.Instant;

/** Whether a key version is to be rotated, and why. */
public sealed interface Due {

    /** Not yet; the version reaches its age at {@code next}. */
    record NotYet(Instant next) implements Due {}

    /** It was active for the whole interval. */
    record ByAge(Instant since) implements Due {}

    /** So much was sealed under it that its cipher needs another key, whatever the calendar says. */
    record ByUsage(long used, long limit) implements Due {}

    /** Nothing is to be rotated: the version is not ACTIVE. */
    record NotActive() implements Due {}

    /** Whether it is to be rotated now. */
    default boolean isDue() {
        return this instanceof ByAge || this instanceof ByUsage;
    }
}
