package io.reseal.rotation.internal.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one reading found.
 *
 * @param now by the database's clock
 */
public record Measured(Instant now, Map<Cell, Double> numbers, Map<Cell, Instant> moments) {

    private static final double MILLIS = 1_000;

    public Measured {
        numbers = Map.copyOf(numbers);
        moments = Map.copyOf(moments);
    }

    /**
     * Which number.
     *
     * @param of what it is about, for example a key type; empty if there is only one
     * @param sort which of several, for example a state; empty likewise
     */
    public record Cell(String meter, String of, String sort) {}

    /** How many there are; 0 if the database knows of none. */
    public double count(String meter, String of, String sort) {
        return numbers.getOrDefault(new Cell(meter, of, sort), 0.0);
    }

    /** How many there are of all sorts and whatever they are about. */
    public double total(String meter) {
        return sum(cell -> cell.meter().equals(meter));
    }

    /** How many there are of all sorts. */
    public double total(String meter, String of) {
        return sum(cell -> cell.meter().equals(meter) && cell.of().equals(of));
    }

    private double sum(Predicate<Cell> which) {
        return numbers.entrySet().stream()
                .filter(number -> which.test(number.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** A number that need not be there; NaN then. */
    public double number(String meter, String of) {
        return numbers.getOrDefault(new Cell(meter, of, ""), Double.NaN);
    }

    /** Seconds since a moment, 0 if it has not come; NaN if there was none. */
    public double secondsSince(String meter, String of) {
        return seconds(moments.get(new Cell(meter, of, "")), now);
    }

    /** Seconds from one moment to another, or until now as long as that has not come; NaN if the first has not. */
    public double secondsBetween(String from, String to, String of) {
        return seconds(moments.get(new Cell(from, of, "")), moments.getOrDefault(new Cell(to, of, ""), now));
    }

    private static double seconds(@Nullable Instant from, Instant to) {
        return from == null
                ? Double.NaN
                : Math.max(0, Duration.between(from, to).toMillis() / MILLIS);
    }
}
