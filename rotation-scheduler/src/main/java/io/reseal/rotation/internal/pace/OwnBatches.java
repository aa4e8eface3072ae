package io.reseal.rotation.internal.pace;

import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** How long a run's batches on this node took lately. Safe for use by several threads. */
final class OwnBatches {

    private static final int REMEMBERED = 100;
    private static final double PERCENTILE = 0.95;
    private static final double NANOS_PER_MILLI = 1_000_000;

    private final Deque<Double> batches = new ArrayDeque<>();

    synchronized void add(Duration took) {
        batches.addLast(took.toNanos() / NANOS_PER_MILLI);
        if (batches.size() > REMEMBERED) {
            batches.removeFirst();
        }
    }

    synchronized SignalReading reading(PaceOptions options) {
        if (batches.isEmpty()) {
            return SignalReading.unavailable(Signal.OWN_BATCH, "no batch was written yet");
        }
        List<Double> sorted = batches.stream().sorted().toList();
        double slow = sorted.get((int) (PERCENTILE * (sorted.size() - 1)));
        return SignalReading.of(
                Signal.OWN_BATCH,
                slow,
                options.threshold(Signal.OWN_BATCH),
                String.format(Locale.ROOT, "batches take up to %.1f ms", slow));
    }
}
