package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ratios that the benchmark is about, with what each has to reach. */
final class Figures {

    private static final String TIMES = "×";
    private static final String PERCENT = "%";
    private static final String ONE_UPDATE = new PlainUpdate(1).name();
    private static final String TWO_UPDATES = new PlainUpdate(2).name();
    private static final String BATCHES = new ClientSide(ClientSide.Manner.BATCHED).name();
    private static final String LAZY_BATCHES = new ClientSide(ClientSide.Manner.BATCHED_LAZILY).name();
    private static final String ROWS = new ClientSide(ClientSide.Manner.ONE_BY_ONE).name();

    private final Measurements measured;

    Figures(Measurements measured) {
        this.measured = measured;
    }

    List<Figure> all() {
        List<Figure> figures = new ArrayList<>(speed());
        for (Variant variant : Variant.values()) {
            for (int workers = 1; workers <= 2; workers++) {
                figures.addAll(cost(variant, new EngineRun(workers).name()));
            }
        }
        return figures;
    }

    private List<Figure> speed() {
        String one = new EngineRun(1).name();
        String two = new EngineRun(2).name();
        List<Figure> figures = new ArrayList<>();
        figures.add(speed(Variant.THREE_INDEXES, one, ONE_UPDATE, Optional.of(Target.atLeast(1.5))));
        figures.add(speed(Variant.THREE_INDEXES, two, TWO_UPDATES, Optional.of(Target.atLeast(1.8))));
        figures.add(speed(Variant.NO_INDEX, two, ONE_UPDATE, Optional.of(Target.atLeast(1))));
        figures.add(speed(Variant.NO_INDEX, one, ONE_UPDATE, Optional.empty()));
        figures.add(speed(Variant.NO_INDEX, two, TWO_UPDATES, Optional.empty()));
        for (Variant variant : Variant.values()) {
            figures.add(speed(variant, one, new Pgcrypto(1).name(), Optional.of(Target.atLeast(1))));
            figures.add(speed(variant, two, new Pgcrypto(2).name(), Optional.of(Target.atLeast(1))));
            figures.add(speed(variant, one, BATCHES, Optional.of(Target.atLeast(2.5))));
            figures.add(speed(variant, one, LAZY_BATCHES, Optional.empty()));
            figures.add(speed(variant, one, ROWS, Optional.empty()));
        }
        return figures;
    }

    private Figure speed(Variant variant, String ours, String theirs, Optional<Target> target) {
        Spread our = measured.of(variant, ours, Measurement::rowsPerSecond);
        Spread their = measured.of(variant, theirs, Measurement::rowsPerSecond);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("rowsPerSecond", our.values());
        details.put("otherRowsPerSecond", their.values());
        return new Figure(
                variant + ": speed, " + ours + " to " + theirs, TIMES, Spread.ratios(our, their), target, details);
    }

    private List<Figure> cost(Variant variant, String ours) {
        Spread wal = measured.of(variant, ours, Measurement::walBytesPerRow);
        Spread theirs = measured.of(variant, ONE_UPDATE, Measurement::walBytesPerRow);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("walBytesPerRow", wal.values());
        details.put("otherWalBytesPerRow", theirs.values());
        Target less = Target.atMost(variant == Variant.THREE_INDEXES ? 0.6 : 0.75);
        Spread hot = measured.of(variant, ours, Measurement::hotPercent);
        Spread growth = measured.of(variant, ours, Measurement::tableGrowth);
        Spread verification = measured.of(variant, ours, Measurement::verificationPercent);
        String walName = variant + ": WAL, " + ours + " to " + ONE_UPDATE;
        return List.of(
                new Figure(walName, TIMES, Spread.ratios(wal, theirs), Optional.of(less), details),
                figure(variant + ": HOT share, " + ours, PERCENT, Target.atLeast(90), hot),
                figure(variant + ": table size after to before, " + ours, TIMES, Target.atMost(1.1), growth),
                figure(variant + ": verification, of the run, " + ours, PERCENT, Target.atMost(5), verification));
    }

    private static Figure figure(String name, String unit, Target target, Spread spread) {
        return new Figure(name, unit, spread, Optional.of(target), Map.of());
    }
}
