package io.reseal.rotation.internal.usage;

import io.reseal.keys.KeyHour;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * How often something was done in each hour, from the first hour in which it was. Hours are counted from the epoch.
 */
final class Series {

    private static final long SECONDS = Duration.ofHours(1).toSeconds();
    private static final long UNKNOWN = -1;

    private final long first;
    private final long[] operations;

    private Series(long first, long[] operations) {
        this.first = first;
        this.operations = operations;
    }

    /**
     * @param hours at least one; hours that are missing between the first and the end had no operations
     * @param end the hour that is not over yet
     * @param isUnknown hours of which nothing can be said
     */
    static Series of(List<KeyHour> hours, long end, LongPredicate isUnknown) {
        long first = hours.stream().mapToLong(hour -> number(hour.hour())).min().orElseThrow();
        long[] operations = new long[(int) Math.max(0, end - first)];
        hours.stream()
                .filter(hour -> number(hour.hour()) < end)
                .forEach(hour -> operations[(int) (number(hour.hour()) - first)] += hour.operations());
        Arrays.setAll(operations, i -> isUnknown.test(first + i) ? UNKNOWN : operations[i]);
        return new Series(first, operations);
    }

    static long number(Instant moment) {
        return Math.floorDiv(moment.getEpochSecond(), SECONDS);
    }

    static Instant instant(long hour) {
        return Instant.ofEpochSecond(hour * SECONDS);
    }

    long first() {
        return first;
    }

    /** Empty before the first hour, from the end on, and where nothing can be said. */
    OptionalLong at(long hour) {
        boolean isWithin = hour >= first && hour < first + operations.length;
        return isWithin && operations[(int) (hour - first)] != UNKNOWN
                ? OptionalLong.of(operations[(int) (hour - first)])
                : OptionalLong.empty();
    }
}
