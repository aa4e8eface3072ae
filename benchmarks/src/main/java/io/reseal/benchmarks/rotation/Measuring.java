package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.FigureTable;
import io.reseal.benchmarks.report.Narrator;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;
import java.util.List;

/** The course of the benchmark: fill, warm up, measure in rounds, probe the heap. */
final class Measuring {

    private static final List<Contender> WARMED = List.of(
            new EngineRun(2), new ClientSide(ClientSide.Manner.BATCHED), new ClientSide(ClientSide.Manner.ONE_BY_ONE));
    private static final int SMALL_SHARE = 4;

    private final Server server;
    private final BenchOptions options;
    private final Narrator narrator;

    Measuring(Server server, BenchOptions options, Narrator narrator) {
        this.server = server;
        this.options = options;
        this.narrator = narrator;
    }

    /** @throws WrongRunException if a run did not do what it should have */
    Report report() {
        narrator.say("filling tables of " + options.rows() + " rows");
        Templates.fill(server, options.rows());
        String small = Templates.small(server, options.rows() / SMALL_SHARE);
        warmUp();
        Measurements measured = rounds();
        return new Report(options, measured, heap(small), server.describe());
    }

    /** The server has no warming up to do; Java has, and a node of an application has run for long. */
    private void warmUp() {
        Lap lap = lap();
        for (Contender contender : WARMED) {
            narrator.say("warming up: " + contender.name());
            lap.run(Variant.NO_INDEX, contender);
        }
    }

    private Measurements rounds() {
        Measurements measured = new Measurements();
        Lap lap = lap();
        narrator.expect(options.rounds() * Variant.values().length * Contenders.ALL.size());
        for (int round = 0; round < options.rounds(); round++) {
            for (Variant variant : Variant.values()) {
                for (Contender contender : Contenders.inRound(round)) {
                    Measurement measurement = lap.run(variant, contender);
                    measured.add(variant, contender.name(), measurement);
                    narrator.step("round " + (round + 1) + ", " + variant + ", " + contender.name() + ": "
                            + FigureTable.number(measurement.rowsPerSecond()) + " rows/s");
                }
            }
        }
        return measured;
    }

    private Lap lap() {
        Database template = server.copy(Variant.NO_INDEX.template(Templates.RESEAL), "untouched");
        return new Lap(server, options.rows(), new SealedRows(template).others());
    }

    private List<Figure> heap(String small) {
        narrator.say("re-encrypting in small heaps");
        HeapRuns runs = new HeapRuns(server);
        HeapRuns.Table whole =
                new HeapRuns.Table("whole table", Variant.NO_INDEX.template(Templates.RESEAL), options.rows());
        HeapRuns.Table quarter = new HeapRuns.Table("a quarter of it", small, options.rows() / SMALL_SHARE);
        return List.of(runs.figure(whole, 1), runs.figure(whole, 2), runs.figure(quarter, 1));
    }
}
