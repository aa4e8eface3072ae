package io.reseal.keys;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How often all nodes together used one key version within one hour.
 *
 * @param hour its beginning, in UTC
 */
public record KeyHour(KeyId key, Direction direction, Instant hour, long operations) {

    private static final Comparator<KeyHour> ORDER =
            Comparator.comparing(KeyHour::hour).thenComparing(KeyHour::key).thenComparing(KeyHour::direction);

    /** What nodes did, added up over the nodes; by hour, key and direction. */
    public static List<KeyHour> sums(List<KeyOperations> operations) {
        Map<KeyHour, Long> sums = operations.stream()
                .collect(Collectors.groupingBy(
                        one -> new KeyHour(one.key(), one.direction(), one.hour(), 0),
                        Collectors.summingLong(KeyOperations::operations)));
        return sums.entrySet().stream()
                .map(sum -> sum.getKey().with(sum.getValue()))
                .sorted(ORDER)
                .toList();
    }

    private KeyHour with(long sum) {
        return new KeyHour(key, direction, hour, sum);
    }
}
