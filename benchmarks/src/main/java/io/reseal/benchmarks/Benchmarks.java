package io.reseal.benchmarks;

import io.reseal.benchmarks.foreground.ForegroundBenchmark;
import io.reseal.benchmarks.opening.OpeningBenchmark;
import io.reseal.benchmarks.rotation.RotationBenchmark;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Runs the benchmark that {@code -Dbench} names. The options are system properties; {@link BenchOptions} has them all. The
 * exit status is 0 if every run did what it should.
 */
public final class Benchmarks {

    private static final Map<String, Benchmark> ALL = new TreeMap<>(Map.of(
            "foreground",
            new ForegroundBenchmark(),
            "opening",
            new OpeningBenchmark(),
            "rotation",
            new RotationBenchmark()));
    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int BAD_OPTION = 2;

    private Benchmarks() {}

    public static void main(String[] arguments) {
        System.exit(run(System.getProperties()));
    }

    static int run(Properties properties) {
        try {
            BenchOptions options = BenchOptions.from(properties);
            return named(options.name()).run(options) ? PASSED : FAILED;
        } catch (BadOptionException e) {
            System.out.println(e.getMessage());
            return BAD_OPTION;
        }
    }

    private static Benchmark named(String name) {
        Benchmark benchmark = ALL.get(name);
        if (benchmark == null) {
            throw new BadOptionException(BenchOptions.NAME, name, "use one of " + String.join(", ", ALL.keySet()));
        }
        return benchmark;
    }
}
