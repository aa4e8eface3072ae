package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.Benchmark;
import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;

/** How fast the engine re-encrypts a table, against what else could rewrite it. */
public final class RotationBenchmark implements Benchmark {

    @Override
    public boolean run(BenchOptions options) {
        try (Server server = Server.start(options.folder())) {
            Database plain = server.create("plain");
            CustomerTable.create(plain, options.rows());
            Database indexed = server.copy("plain", "indexed");
            CustomerTable.index(indexed);
            return true;
        }
    }
}
