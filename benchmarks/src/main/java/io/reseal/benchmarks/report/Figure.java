package io.reseal.benchmarks.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One number that a benchmark found.
 *
 * @param name says what it is, and stays the same from run to run
 * @param unit what it counts; {@code ×} for a ratio
 * @param target empty for what is only reported
 * @param details the raw numbers behind it, in order: numbers, texts, or lists of numbers
 */
public record Figure(String name, String unit, Spread spread, Optional<Target> target, Map<String, Object> details) {

    public Figure {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** Whether the median reaches the target; a figure without one can't miss it. */
    public boolean isMet() {
        return target.map(aim -> aim.isMet(spread.median())).orElse(true);
    }
}
