package io.reseal.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * How a benchmark was asked to run, validated.
 *
 * @param name which benchmark
 * @param rows rows in the table
 * @param rounds how often everything is measured, in an order that differs each time
 * @param seconds for how long a phase beside traffic lasts
 * @param strict whether a missed target fails the benchmark; a run that did something wrong always does
 * @param folder where the server's data and the results are written
 */
public record BenchOptions(String name, int rows, int rounds, int seconds, boolean strict, Path folder) {

    static final String NAME = "bench";
    static final String ROWS = "bench.rows";
    static final String ROUNDS = "bench.rounds";
    static final String SECONDS = "bench.seconds";
    static final String STRICT = "bench.strict";
    static final String FOLDER = "bench.folder";

    private static final List<String> ALL = List.of(ROWS, ROUNDS, SECONDS, STRICT, FOLDER);
    private static final int FEWEST_ROWS = 10_000;
    private static final int MOST_ROWS = 100_000_000;
    private static final int MOST_ROUNDS = 100;
    private static final int MOST_SECONDS = 600;

    /**
     * Reads the options; one that is absent or empty has its default.
     *
     * @throws BadOptionException for the first that can't be used
     */
    static BenchOptions from(Properties properties) {
        requireKnown(properties);
        return new BenchOptions(
                text(properties, NAME).orElse(""),
                number(properties, ROWS, 1_000_000, FEWEST_ROWS, MOST_ROWS),
                number(properties, ROUNDS, 5, 1, MOST_ROUNDS),
                number(properties, SECONDS, 15, 2, MOST_SECONDS),
                isTrue(properties, STRICT),
                Path.of(text(properties, FOLDER).orElse("target")));
    }

    /** Where the results are written. */
    public Path results() {
        return folder.resolve("results");
    }

    private static void requireKnown(Properties properties) {
        for (String option : properties.stringPropertyNames()) {
            if (option.startsWith("bench.") && !ALL.contains(option)) {
                throw new BadOptionException(
                        option, "…", "there is no such option; there are " + String.join(", ", ALL));
            }
        }
    }

    private static boolean isTrue(Properties properties, String option) {
        String value = text(properties, option).orElse("false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadOptionException(option, value, "use true or false");
        };
    }

    private static int number(Properties properties, String option, int otherwise, int least, int most) {
        String value = text(properties, option).orElse(Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same remedy as for a number out of bounds
        }
        throw new BadOptionException(option, value, "use a whole number from " + least + " to " + most);
    }

    private static Optional<String> text(Properties properties, String option) {
        return Optional.ofNullable(properties.getProperty(option))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
