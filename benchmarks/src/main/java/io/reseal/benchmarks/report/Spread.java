package io.reseal.benchmarks.report;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The same thing measured in several rounds: told by its median, with the least and the most beside it.
 *
 * @param values one per round, in order; never empty
 */
public record Spread(List<Double> values) {

    public Spread {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    /** Each round's own ratio: what made a round slow made both of its numbers slow. */
    public static Spread ratios(Spread numbers, Spread to) {
        return combined(numbers, to, (one, other) -> one / other);
    }

    private static Spread combined(Spread one, Spread other, BinaryOperator<Double> operator) {
        if (one.values.size() != other.values.size()) {
            throw new IllegalArgumentException(
                    "rounds differ in number: " + one.values.size() + " and " + other.values.size());
        }
        return IntStream.range(0, one.values.size())
                .mapToObj(round -> operator.apply(one.values.get(round), other.values.get(round)))
                .collect(Collectors.collectingAndThen(Collectors.toList(), Spread::new));
    }

    /** The middle value; of an even number, the mean of the two in the middle. */
    public double median() {
        List<Double> sorted = sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double min() {
        return sorted().findFirst().orElseThrow();
    }

    public double max() {
        return sorted().skip(values.size() - 1L).findFirst().orElseThrow();
    }

    private Stream<Double> sorted() {
        return values.stream().sorted();
    }
}
