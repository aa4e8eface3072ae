package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Everything that was measured, by table and contender, in the order of the rounds. */
final class Measurements {

    private final Map<Entry, List<Measurement>> all = new LinkedHashMap<>();

    private record Entry(Variant variant, String contender) {}

    void add(Variant variant, String contender, Measurement measurement) {
        all.computeIfAbsent(new Entry(variant, contender), entry -> new ArrayList<>())
                .add(measurement);
    }

    /** One number of each round. */
    Spread of(Variant variant, String contender, ToDoubleFunction<Measurement> number) {
        List<Measurement> rounds = all.get(new Entry(variant, contender));
        if (rounds == null) {
            throw new IllegalArgumentException(contender + " did not run with " + variant);
        }
        return new Spread(rounds.stream().map(number::applyAsDouble).toList());
    }
}
