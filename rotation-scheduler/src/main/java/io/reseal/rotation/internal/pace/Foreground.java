package io.reseal.rotation.internal.pace;

import io.reseal.rotation.internal.jdbc.OtherSessions;
import io.reseal.rotation.internal.jdbc.Traffic;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be told of the application's transactions without its help: how long they are active, from the database's
 * counters less what is this side's own; how many are open at once; how long a tiny statement takes. The first is
 * exact and a second or two late, the others are coarse and immediate. Safe for use by several threads.
 */
final class Foreground {

    /** Sessions report their commits once a second, and what is left when they fall idle ten seconds later. */
    private static final Duration COUNTED = Duration.ofSeconds(10);

    private static final Duration TIMED = Duration.ofSeconds(3);

    /** Whatever is smaller than that part of this side's own commits may be late reports of these. */
    private static final double LATE = 0.3;

    private static final Duration PROBED = Duration.ofSeconds(2);
    private static final double UNUSUAL = 1.5;
    private static final double QUEUE_SECONDS = 0.4;
    private static final double MANY_PER_SECOND = 10;
    private static final double MANY_AT_ONCE = 0.1;
    private static final double LEAST_TRANSACTIONS = 50;
    private static final double LEAST_PROBE_MILLIS = 1;
    private static final double PERCENTILE = 0.95;
    private static final double MILLIS = 1_000;

    private final Clock clock;
    private final PaceOptions options;
    private final Baseline usualTime = new Baseline();
    private final Baseline usualQueue = new Baseline();
    private final Baseline usualProbe = new Baseline();
    private final Deque<Count> counts = new ArrayDeque<>();
    private final Deque<Probe> probes = new ArrayDeque<>();
    private boolean isQueueVisible;
    private boolean isAnybodyAwake;
    private double queue;
    private Instant queueSeen = Instant.MIN;

    Foreground(Clock clock, PaceOptions options) {
        this.clock = clock;
        this.options = options;
    }

    /** Counters at a moment; {@code own} is what of them is this side's. */
    private record Count(Instant time, Traffic all, Traffic own) {

        double commitsSince(Count earlier) {
            return (double) (all.commits() - earlier.all.commits()) - (own.commits() - earlier.own.commits());
        }

        double millisSince(Count earlier) {
            return all.activeMillis() - earlier.all.activeMillis() - (own.activeMillis() - earlier.own.activeMillis());
        }

        double ownCommitsSince(Count earlier) {
            return (double) (own.commits() - earlier.own.commits());
        }

        double secondsSince(Count earlier) {
            return Duration.between(earlier.time, time).toMillis() / MILLIS;
        }
    }

    private record Probe(Instant time, double millis) {}

    synchronized void count(Traffic all, Traffic own) {
        Instant now = clock.instant();
        counts.addLast(new Count(now, all, own));
        while (counts.size() > 2 && counts.getFirst().time().isBefore(now.minus(COUNTED))) {
            counts.removeFirst();
        }
        time().ifPresent(millis -> usualTime.see(now, millis));
    }

    synchronized void others(OtherSessions sessions) {
        Instant now = clock.instant();
        double seconds = isQueueVisible ? Duration.between(queueSeen, now).toMillis() / MILLIS : QUEUE_SECONDS;
        queue += (sessions.active() - queue) * (1 - Math.exp(-seconds / QUEUE_SECONDS));
        queueSeen = now;
        isAnybodyAwake = sessions.recent() > 0;
        isQueueVisible = true;
        usualQueue.see(now, queue);
    }

    /** How long a tiny statement took. */
    synchronized void probe(Duration took) {
        Instant now = clock.instant();
        probes.addLast(new Probe(now, took.toNanos() / MILLIS / MILLIS));
        while (probes.getFirst().time().isBefore(now.minus(PROBED))) {
            probes.removeFirst();
        }
        usualProbe.see(now, slowProbe());
    }

    /** Milliseconds per transaction; empty if there are too few to tell. */
    private Optional<Double> time() {
        Count last = counts.getLast();
        Count first = counts.stream()
                .filter(count -> !count.time().isBefore(last.time().minus(TIMED)))
                .findFirst()
                .orElse(last);
        double commits = last.commitsSince(first);
        return commits < Math.max(LEAST_TRANSACTIONS, last.ownCommitsSince(first))
                ? Optional.empty()
                : Optional.of(Math.max(0, last.millisSince(first)) / commits);
    }

    private double slowProbe() {
        List<Double> sorted = probes.stream().map(Probe::millis).sorted().toList();
        return sorted.get((int) (PERCENTILE * (sorted.size() - 1)));
    }

    /**
     * Whether others use the database; true as well if that cannot be seen. Commits alone do not tell: other nodes' and those
     * of the key refresh are among them.
     */
    synchronized boolean isThere() {
        if (isQueueVisible && queue > MANY_AT_ONCE) {
            return true;
        }
        if (isQueueVisible && !isAnybodyAwake) {
            return false;
        }
        if (counts.size() < 2) {
            return true;
        }
        Count first = counts.getFirst();
        Count last = counts.getLast();
        return last.commitsSince(first)
                > MANY_PER_SECOND * last.secondsSince(first) + LATE * last.ownCommitsSince(first);
    }

    /**
     * What the signals say now.
     *
     * @param pending for how long a tiny statement that is under way has taken so far
     */
    synchronized List<SignalReading> readings(Duration pending) {
        return List.of(timeReading(), queueReading(), probeReading(pending));
    }

    private SignalReading timeReading() {
        Instant now = clock.instant();
        if (counts.isEmpty()) {
            return SignalReading.unavailable(
                    Signal.FOREGROUND_TIME,
                    "the database does not count active time (PostgreSQL 14 and newer do): hook in what measures it");
        }
        Optional<Double> time = time();
        if (time.isEmpty() || !usualTime.isKnown(now)) {
            return SignalReading.unavailable(Signal.FOREGROUND_TIME, "too few transactions yet to tell");
        }
        double usual = Math.max(usualTime.value(), 0.001);
        return reading(
                Signal.FOREGROUND_TIME,
                time.get() / usual,
                words("a transaction is active for %.2f ms, usually %.2f ms", time.get(), usual));
    }

    private SignalReading queueReading() {
        if (!isQueueVisible) {
            return SignalReading.unavailable(
                    Signal.FOREGROUND_QUEUE,
                    "what other sessions do is not visible: on PostgreSQL, GRANT pg_monitor to the engine's user");
        }
        return reading(
                Signal.FOREGROUND_QUEUE,
                queue - UNUSUAL * usualQueue.value(),
                words("%.1f transactions of others are open at once, usually %.1f", queue, usualQueue.value()));
    }

    private SignalReading probeReading(Duration pending) {
        if (probes.isEmpty() || !usualProbe.isKnown(clock.instant())) {
            return SignalReading.unavailable(Signal.PROBE, "not measured yet");
        }
        double millis = Math.max(slowProbe(), (double) pending.toMillis());
        double usual = Math.max(LEAST_PROBE_MILLIS, usualProbe.value());
        return reading(
                Signal.PROBE,
                millis / usual,
                words("a tiny statement takes up to %.1f ms, usually %.1f ms", millis, usual));
    }

    private SignalReading reading(Signal signal, double value, String reason) {
        return SignalReading.of(signal, value, options.threshold(signal), reason);
    }

    private static String words(String format, double now, double usual) {
        return String.format(Locale.ROOT, format, now, usual);
    }
}
