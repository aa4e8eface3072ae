package io.reseal.benchmarks.foreground;

import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Traffic jumps beyond what the machine can do, and falls back. */
final class Overload {

    private static final double QUARTER = 0.25;
    private static final double BEYOND = 1.5;
    private static final int PHASES_TO_MOVE = 5;
    private static final int OVERLOADED_SECONDS = 6;
    private static final int MOST_ROUNDS = 3;

    private final TrafficProcess traffic;
    private final EndlessRotation rotation;
    private final double capacity;
    private final int seconds;
    private final List<String> wrong;

    Overload(ForegroundBenchmark.Scene scene) {
        this.traffic = scene.traffic();
        this.rotation = scene.rotation();
        this.capacity = scene.capacity();
        this.seconds = scene.options().seconds();
        this.wrong = scene.wrong();
    }

    /** Waits beside traffic for the rotation to move: the phase before may have made it careful. */
    private boolean isMoving() {
        for (int phase = 0; phase < PHASES_TO_MOVE; phase++) {
            long begun = System.nanoTime();
            traffic.open(capacity * QUARTER, seconds);
            if (Samples.hasGrown(rotation.samples(), begun, System.nanoTime())) {
                return true;
            }
        }
        return false;
    }

    List<Figure> figures(int rounds) {
        List<Double> stops = new ArrayList<>();
        List<Double> recoveries = new ArrayList<>();
        rotation.resume();
        for (int round = 0; round < Math.min(MOST_ROUNDS, (rounds + 1) / 2); round++) {
            if (!isMoving()) {
                wrong.add("nothing was re-encrypted before the overload of round " + (round + 1));
            }
            long jumped = System.nanoTime();
            traffic.open(capacity * BEYOND, OVERLOADED_SECONDS);
            long fell = System.nanoTime();
            List<EndlessRotation.Sample> within = rotation.samples();
            traffic.open(capacity * QUARTER, Math.max(12, seconds));
            stops.add(Samples.lastGrowth(rotation.samples(), jumped, fell));
            recoveries.add(Samples.firstGrowth(rotation.samples(), fell));
            System.out.printf(
                    Locale.ROOT,
                    "overload: last batch after %.2f s; rows again %.2f s after it ended; %s%n",
                    stops.get(round),
                    recoveries.get(round),
                    Samples.last(within));
        }
        rotation.pause();
        return List.of(
                new Figure(
                        "last batch after the overload began",
                        "s",
                        new Spread(stops),
                        Optional.of(Target.atMost(1)),
                        Map.of()),
                new Figure(
                        "first batch after the overload ended",
                        "s",
                        new Spread(recoveries),
                        Optional.of(Target.atMost(10)),
                        Map.of()));
    }
}
