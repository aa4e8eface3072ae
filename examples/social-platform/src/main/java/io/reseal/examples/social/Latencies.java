package io.reseal.examples.social;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How long the writers' transactions take, over a phase and since the last look. Thread-safe. */
final class Latencies {

    private static final int DIGITS = 3;
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Recorder recorder = new Recorder(DIGITS);
    private final Histogram phase = new Histogram(DIGITS);

    /** Percentiles in milliseconds. */
    record Percentiles(long count, double p50, double p99) {

        private static Percentiles of(Histogram histogram) {
            return new Percentiles(
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50) / NANOS_PER_MILLI,
                    histogram.getValueAtPercentile(99) / NANOS_PER_MILLI);
        }

        @Override
        public String toString() {
            return count == 0 ? "no traffic" : String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms", p50, p99);
        }
    }

    void add(long nanos) {
        recorder.recordValue(Math.max(0, nanos));
    }

    synchronized void startPhase() {
        recorder.reset();
        phase.reset();
    }

    /** Since the last call, or the start of the phase. */
    synchronized Percentiles recent() {
        Histogram interval = recorder.getIntervalHistogram();
        phase.add(interval);
        return Percentiles.of(interval);
    }

    /** Since the start of the phase. */
    synchronized Percentiles phase() {
        phase.add(recorder.getIntervalHistogram());
        return Percentiles.of(phase);
    }
}
