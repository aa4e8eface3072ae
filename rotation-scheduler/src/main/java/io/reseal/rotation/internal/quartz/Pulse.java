package io.reseal.rotation.internal.quartz;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** When Quartz last wanted a connection, which its threads do every few seconds, also while the database is away. Safe for use by several threads. */
final class Pulse {

    /** Longer than any time limit of a connection, and than Quartz's own pauses after errors. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final LongSupplier nanos;
    private final AtomicReference<OptionalLong> last = new AtomicReference<>(OptionalLong.empty());

    /** @param nanos a monotonic clock */
    Pulse(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void beat() {
        last.set(OptionalLong.of(nanos.getAsLong()));
    }

    /** Nothing is expected any more. */
    void end() {
        last.set(OptionalLong.empty());
    }

    /** What is wrong, if it beat once and does not any more. */
    Optional<String> silence() {
        OptionalLong beat = last.get();
        return beat.isPresent() && nanos.getAsLong() - beat.getAsLong() >= PATIENCE.toNanos()
                ? Optional.of("Quartz has not asked the database for anything for " + PATIENCE)
                : Optional.empty();
    }
}
