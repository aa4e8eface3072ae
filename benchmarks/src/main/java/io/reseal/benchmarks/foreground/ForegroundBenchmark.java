package io.reseal.benchmarks.foreground;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.Benchmark;
import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Target;
import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What traffic feels of a rotation, at a quarter and at 70 % of what the machine can do, and when it is overloaded. */
public final class ForegroundBenchmark implements Benchmark {

    private static final double QUARTER = 0.25;
    private static final double BUSY = 0.7;
    private static final double MILLI = 1_000;

    @Override
    public boolean run(BenchOptions options) {
        try (Server server = Server.start(options.folder())) {
            Database database = server.create("foreground");
            CustomerTable.create(database, options.rows());
            database.execute("CREATE TABLE history (customer bigint, delta bigint, at timestamptz)");
            return measure(options, database, server.describe());
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not be reached", e);
        }
    }

    private boolean measure(BenchOptions options, Database database, String server) throws SQLException {
        try (TrafficProcess traffic = new TrafficProcess(database, options.rows())) {
            traffic.closed(options.seconds());
            double capacity = traffic.closed(options.seconds());
            System.out.printf(Locale.ROOT, "capacity: %,.0f transactions/s%n", capacity);
            try (EndlessRotation rotation = new EndlessRotation(database)) {
                Scene scene = new Scene(options, traffic, rotation, capacity, new ArrayList<>());
                List<Figure> figures = new ArrayList<>();
                figures.addAll(beside(scene, QUARTER, "25 %", new Aim(1.05, 1.25, 10_000)));
                figures.addAll(beside(scene, BUSY, "70 %", new Aim(Double.NaN, 1.5, Double.NaN)));
                figures.addAll(new Overload(scene).figures(options.rounds()));
                scene.wrong().addAll(Samples.wrong(rotation.samples()));
                System.out.println(new Report(options, server, figures).write());
                scene.wrong().forEach(reason -> System.out.println("WRONG: " + reason));
                return scene.wrong().isEmpty()
                        && (!options.strict() || figures.stream().allMatch(Figure::isMet));
            }
        }
    }

    /**
     * What is measured.
     *
     * @param wrong is told why a run proves nothing
     */
    record Scene(
            BenchOptions options,
            TrafficProcess traffic,
            EndlessRotation rotation,
            double capacity,
            List<String> wrong) {}

    private record Aim(double median, double high, double rows) {}

    /** Pairs of phases, with and without a rotation, in an order that changes each time. */
    private static List<Figure> beside(Scene scene, double share, String name, Aim aim) {
        List<Phase> quiet = new ArrayList<>();
        List<Phase> rotating = new ArrayList<>();
        phase(scene, share, true);
        for (int round = 0; round < scene.options().rounds(); round++) {
            boolean isQuietFirst = round % 2 == 0;
            (isQuietFirst ? quiet : rotating).add(phase(scene, share, !isQuietFirst));
            (isQuietFirst ? rotating : quiet).add(phase(scene, share, isQuietFirst));
        }
        if (share <= QUARTER) {
            mustMove(scene, rotating);
        }
        return List.of(
                ratio("p50 at " + name + " of capacity", quiet, rotating, felt -> felt.median(), aim.median()),
                ratio("p99 at " + name + " of capacity", quiet, rotating, felt -> felt.high(), aim.high()),
                new Figure(
                        "re-encrypted at " + name + " of capacity",
                        "rows/s",
                        spread(rotating, Phase::rowsPerSecond),
                        target(aim.rows(), false),
                        Map.of("capacity", scene.capacity(), "transactionsPerSecond", scene.capacity() * share)));
    }

    private static Phase phase(Scene scene, double share, boolean isRotating) {
        if (isRotating) {
            scene.rotation().resume();
        }
        long begun = System.nanoTime();
        TrafficProcess.Felt felt =
                scene.traffic().open(scene.capacity() * share, scene.options().seconds());
        Phase phase = new Phase(felt, Samples.rowsPerSecond(scene.rotation().samples(), begun, System.nanoTime()));
        if (isRotating) {
            scene.rotation().pause();
        }
        if (felt.failures() > 0) {
            scene.wrong().add(felt.failures() + " requests failed in one phase");
        }
        System.out.printf(
                Locale.ROOT,
                "%3.0f %% %-8s p50 %6.2f ms  p99 %7.2f ms  %,8.0f rows/s  %s%n",
                share * 100,
                isRotating ? "rotating" : "quiet",
                felt.median() / MILLI,
                felt.high() / MILLI,
                phase.rowsPerSecond(),
                isRotating ? Samples.last(scene.rotation().samples()) : "");
        return phase;
    }

    /** A rotation that stands still disturbs nobody; in one short phase, or on a busy machine, it may have to. */
    private static void mustMove(Scene scene, List<Phase> rotating) {
        if (rotating.stream().allMatch(phase -> phase.rowsPerSecond() <= 0)) {
            scene.wrong().add("nothing was re-encrypted in any phase that was to be beside a rotation");
        }
    }

    private static Figure ratio(
            String name,
            List<Phase> quiet,
            List<Phase> rotating,
            ToLongFunction<TrafficProcess.Felt> what,
            double limit) {
        Spread before = spread(quiet, phase -> what.applyAsLong(phase.felt()) / MILLI);
        Spread beside = spread(rotating, phase -> what.applyAsLong(phase.felt()) / MILLI);
        return new Figure(
                name,
                "×",
                Spread.ratios(beside, before),
                target(limit, true),
                Map.of(Report.QUIET, before.values(), Report.ROTATING, beside.values()));
    }

    private static Spread spread(List<Phase> phases, ToDoubleFunction<Phase> number) {
        return new Spread(phases.stream().map(number::applyAsDouble).toList());
    }

    private static Optional<Target> target(double limit, boolean isAtMost) {
        if (Double.isNaN(limit)) {
            return Optional.empty();
        }
        return Optional.of(isAtMost ? Target.atMost(limit) : Target.atLeast(limit));
    }
}
