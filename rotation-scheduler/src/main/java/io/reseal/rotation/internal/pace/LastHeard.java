package io.reseal.rotation.internal.pace;

import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What one source said last; once that is old it says nothing any more. Safe for use by several threads. */
final class LastHeard {

    private static final Duration LASTS = Duration.ofSeconds(10);

    private final Clock clock;
    private volatile Said said = new Said(List.of(), Instant.MAX);

    LastHeard(Clock clock) {
        this.clock = clock;
    }

    private record Said(List<SignalReading> readings, Instant at) {}

    void hear(List<SignalReading> readings) {
        said = new Said(List.copyOf(readings), clock.instant());
    }

    List<SignalReading> readings() {
        Said last = said;
        if (clock.instant().minus(LASTS).isAfter(last.at())) {
            return last.readings().stream().map(LastHeard::old).toList();
        }
        return last.readings();
    }

    private static SignalReading old(SignalReading reading) {
        return new SignalReading(
                reading.signal(),
                reading.name(),
                SignalLevel.UNAVAILABLE,
                Optional.empty(),
                reading.threshold(),
                "nothing was heard of it for more than " + LASTS.toSeconds() + " s");
    }
}
