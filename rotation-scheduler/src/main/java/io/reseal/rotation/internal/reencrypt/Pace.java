package io.reseal.rotation.internal.reencrypt;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How fast a run goes, from what was seen of it lately. Safe for use by several threads. */
final class Pace {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private @Nullable Sample first;

    Pace(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param rows re-encrypted so far
     * @param share of the whole work that is done, 0 to 1
     */
    private record Sample(Instant time, long rows, double share) {}

    synchronized void see(long rows, double share) {
        Instant now = clock.instant();
        Sample sample = new Sample(now, rows, share);
        samples.addLast(sample);
        if (first == null) {
            first = sample;
        }
        while (samples.size() > 2 && samples.getFirst().time().isBefore(now.minus(WINDOW))) {
            samples.removeFirst();
        }
    }

    synchronized double rowsPerSecond() {
        double seconds = seconds();
        return seconds <= 0
                ? 0
                : Math.max(0, samples.getLast().rows() - samples.getFirst().rows()) / seconds;
    }

    /** How long the rest takes at this pace; empty while there is none. */
    synchronized Optional<Duration> eta() {
        return samples.size() < 2 ? Optional.empty() : rest(samples.getFirst(), samples.getLast());
    }

    /** The same at the pace of the whole time in which the run was seen. */
    synchronized Optional<Duration> etaOverall() {
        return first == null ? Optional.empty() : rest(first, samples.getLast());
    }

    private static Optional<Duration> rest(Sample from, Sample to) {
        double seconds = seconds(from, to);
        if (seconds <= 0) {
            return Optional.empty();
        }
        double gained = to.share() - from.share();
        double rest = (1 - to.share()) * seconds / gained;
        return gained <= 0 || rest > LONGEST.toSeconds()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(rest * 1_000)));
    }

    private double seconds() {
        return samples.size() < 2 ? 0 : seconds(samples.getFirst(), samples.getLast());
    }

    private static double seconds(Sample from, Sample to) {
        return Duration.between(from.time(), to.time()).toMillis() / 1_000.0;
    }
}
