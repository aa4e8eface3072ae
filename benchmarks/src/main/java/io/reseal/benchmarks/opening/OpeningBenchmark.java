package io.reseal.benchmarks.opening;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.Benchmark;
import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.FigureTable;
import io.reseal.benchmarks.report.ResultFile;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Target;
import io.reseal.benchmarks.stage.Machine;
import io.reseal.benchmarks.stage.Server;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What it adds to opening a value that a node counts what may point to a compromise. With and without take turns of milliseconds, so
 * that whatever else the machine does hits both; a round's ratio is the median over its pairs of turns.
 */
public final class OpeningBenchmark implements Benchmark {

    private static final String NAME = "opening";
    private static final int TURN = 20;
    private static final int WARM_UP = 200;
    private static final int PAIRS = 300;
    private static final Target TARGET = Target.atMost(1.05);

    @Override
    public boolean run(BenchOptions options) {
        try (Server server = Server.start(options.folder());
                Openers openers = Openers.open(server.create(NAME))) {
            for (int i = 0; i < WARM_UP; i++) {
                Pair unused = Pair.of(openers, i);
            }
            List<Figure> figures = figures(openers, options.rounds());
            String text = "Machine: " + Machine.describe() + ".\n\n" + FigureTable.of(figures);
            ResultFile.write(options.results(), NAME, figures);
            ResultFile.write(options.results(), NAME + ".md", text);
            System.out.println(text);
            return !options.strict() || figures.stream().allMatch(Figure::isMet);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A value did not open", e);
        }
    }

    private static List<Figure> figures(Openers openers, int rounds) throws GeneralSecurityException {
        List<Double> counting = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                pairs.add(Pair.of(openers, i));
            }
            counting.add(new Spread(pairs.stream().map(Pair::counting).toList()).median());
            bare.add(new Spread(pairs.stream().map(Pair::bare).toList()).median());
            ratios.add(new Spread(pairs.stream().map(Pair::ratio).toList()).median());
        }
        return List.of(
                new Figure(
                        "opening a value: counting to not counting",
                        "×",
                        new Spread(ratios),
                        Optional.of(TARGET),
                        Map.of()),
                new Figure("opening a value, counting", "ns", new Spread(counting), Optional.empty(), Map.of()),
                new Figure("opening a value, not counting", "ns", new Spread(bare), Optional.empty(), Map.of()));
    }

    /** Two turns, one right after the other; who goes first changes. */
    private record Pair(double counting, double bare) {

        static Pair of(Openers openers, int number) throws GeneralSecurityException {
            if (number % 2 == 0) {
                double first = openers.counting(TURN);
                return new Pair(first, openers.bare(TURN));
            }
            double first = openers.bare(TURN);
            return new Pair(openers.counting(TURN), first);
        }

        double ratio() {
            return counting / bare;
        }
    }
}
