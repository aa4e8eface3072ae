package io.reseal.rotation.internal.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.testing.Databases;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.quartz.Scheduler;

class PulseTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    @Test
    void isMissedTenMinutesAfterTheLastBeatUntilTheNextOrTheEnd() {
        AtomicLong nanos = new AtomicLong(-5 * MINUTE);
        Pulse pulse = new Pulse(nanos::get);
        nanos.addAndGet(60 * MINUTE);
        assertThat(pulse.silence()).as("it never beat").isEmpty();
        pulse.beat();
        nanos.addAndGet(10 * MINUTE - 1);
        assertThat(pulse.silence()).isEmpty();
        nanos.incrementAndGet();
        assertThat(pulse.silence()).contains("Quartz has not asked the database for anything for PT10M");
        pulse.beat();
        assertThat(pulse.silence()).isEmpty();
        nanos.addAndGet(11 * MINUTE);
        pulse.end();
        assertThat(pulse.silence()).isEmpty();
    }

    @Test
    void quartzBeatsAsLongAsItsThreadsWork() throws Exception {
        ResealSettings settings = Databases.H2.fresh().settings();
        AtomicLong nanos = new AtomicLong();
        try (ResealDatabase database = ResealDatabase.open(settings, "test", 4)) {
            Pulse pulse = new Pulse(nanos::get);
            Scheduler scheduler = OwnScheduler.open(database, pulse);
            scheduler.start();
            nanos.addAndGet(11 * MINUTE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> pulse.silence().isEmpty());
            scheduler.shutdown();
        }
    }
}
