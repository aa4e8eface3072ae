package io.reseal.benchmarks;

/** One question about speed, answered by running it. */
public interface Benchmark {

    /**
     * Runs it, prints what it found, and writes it to {@link BenchOptions#results()}.
     *
     * @return whether every run did what it should and, in strict mode, every target was met
     */
    boolean run(BenchOptions options);
}
