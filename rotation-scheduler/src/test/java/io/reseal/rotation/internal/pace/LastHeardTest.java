package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LastHeardTest {

    private static final SignalReading STOP = new SignalReading(
            Signal.HOOK, "gatekeeper", SignalLevel.STOP, Optional.of(503.0), Optional.empty(), "it answered 503");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource source = now::get;
    private final LastHeard heard = new LastHeard(source.withZone(ZoneOffset.UTC));

    private void pass(Duration time) {
        now.updateAndGet(moment -> moment.plus(time));
    }

    @Test
    void whatWasHeardLongAgoIsUnavailableUnderItsOwnName() {
        assertThat(heard.readings()).isEmpty();
        heard.hear(List.of(STOP));
        pass(Duration.ofSeconds(10));
        assertThat(heard.readings()).containsExactly(STOP);

        pass(Duration.ofMillis(1));

        assertThat(heard.readings()).singleElement().satisfies(old -> {
            assertThat(old.level()).isEqualTo(SignalLevel.UNAVAILABLE);
            assertThat(old.name()).isEqualTo("gatekeeper");
            assertThat(old.value()).isEmpty();
        });
        heard.hear(List.of(STOP));
        assertThat(heard.readings()).containsExactly(STOP);
    }
}
