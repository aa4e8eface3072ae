package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.Benchmark;
import io.reseal.benchmarks.report.Narrator;
import io.reseal.benchmarks.stage.Server;

/**
 * How fast the engine re-encrypts a table, and at what cost, against what else could rewrite it. All contenders take turns
 * on one server, each at a fresh copy of the same table.
 */
public final class RotationBenchmark implements Benchmark {

    @Override
    public boolean run(BenchOptions options) {
        Narrator narrator = new Narrator();
        try (Server server = Server.start(options.folder())) {
            Report report = new Measuring(server, options, narrator).report();
            narrator.print("\n" + report.write(options.results()));
            report.missed().forEach(name -> narrator.print("missed: " + name));
            return report.missed().isEmpty() || !options.strict();
        } catch (WrongRunException e) {
            narrator.print("WRONG: " + e.getMessage());
            return false;
        }
    }
}
