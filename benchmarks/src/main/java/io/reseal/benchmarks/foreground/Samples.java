package io.reseal.benchmarks.foreground;

import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.reencryption.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What the record of a rotation says. */
final class Samples {

    private static final double SECOND = 1e9;

    private Samples() {}

    static double rowsPerSecond(List<EndlessRotation.Sample> samples, long from, long until) {
        List<EndlessRotation.Sample> within = samples.stream()
                .filter(sample -> sample.nanos() >= from && sample.nanos() <= until)
                .toList();
        if (within.size() < 2) {
            return 0;
        }
        EndlessRotation.Sample first = within.get(0);
        EndlessRotation.Sample last = within.get(within.size() - 1);
        return (last.rows() - first.rows()) * SECOND / (last.nanos() - first.nanos());
    }

    static String last(List<EndlessRotation.Sample> samples) {
        EndlessRotation.Sample last = samples.get(samples.size() - 1);
        return String.format(
                Locale.ROOT,
                "duty %.3f, %d rows a batch, %s",
                last.pacing().duty(),
                last.pacing().batchRows(),
                last.pacing());
    }

    /** When rows last grew within a time, in seconds after its begin; zero if they did not. */
    static double lastGrowth(List<EndlessRotation.Sample> samples, long from, long until) {
        double last = 0;
        long rows = Long.MAX_VALUE;
        for (EndlessRotation.Sample sample : samples) {
            if (sample.nanos() >= from && sample.nanos() <= until) {
                if (sample.rows() > rows) {
                    last = (sample.nanos() - from) / SECOND;
                }
                rows = sample.rows();
            }
        }
        return last;
    }

    /** Why the record proves nothing about a rotation that gives way. */
    static List<String> wrong(List<EndlessRotation.Sample> samples) {
        List<String> wrong = new ArrayList<>();
        if (samples.stream().noneMatch(one -> !one.isPaused() && one.pacing().state() == PaceState.THROTTLED)) {
            wrong.add("the rotation was never throttled");
        }
        long failures = IntStream.range(0, samples.size())
                .filter(i -> samples.get(i).state() == RunState.FAILED)
                .filter(i -> i == 0 || samples.get(i - 1).state() != RunState.FAILED)
                .count();
        if (failures > 0) {
            wrong.add(failures + " runs failed");
        }
        return wrong;
    }

    static boolean hasGrown(List<EndlessRotation.Sample> samples, long from, long until) {
        return rowsPerSecond(samples, from, until) > 0;
    }

    /** When rows first grew after a moment, in seconds after it; infinite if they did not. */
    static double firstGrowth(List<EndlessRotation.Sample> samples, long from) {
        long rows = Long.MAX_VALUE;
        for (EndlessRotation.Sample sample : samples) {
            if (sample.nanos() >= from) {
                if (sample.rows() > rows) {
                    return (sample.nanos() - from) / SECOND;
                }
                rows = sample.rows();
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
