package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done about an open incident is only counted here. */
class IncidentWatchTest {

    @TempDir
    Path directory;

    /** 1, 2, 4, 8 and 16 intervals lie between six times; by how much more is for the machine to say. */
    @Test
    void whatIsOfNoUseIsTriedAgainAfterLongerAndLonger() throws Exception {
        Duration interval = Duration.ofMillis(20);
        assertThat(timeOf(6, interval, false)).isGreaterThanOrEqualTo(interval.multipliedBy(31));
    }

    /** With such pauses, 24 times would take 1,151 intervals. */
    @Test
    void whatIsOfUseIsGoneOnWithAtEachLook() throws Exception {
        Duration interval = Duration.ofMillis(60);
        assertThat(timeOf(24, interval, true)).isLessThan(interval.multipliedBy(1_000));
    }

    private Duration timeOf(int times, Duration interval, boolean isOfUse) throws Exception {
        Queue<Long> done = new ConcurrentLinkedQueue<>();
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            IncidentStore store = stage.rotation.incidents().store();
            store.open(FIRST, new Custody.Wish("someone", "why"), People.ANN);
            long begun = System.nanoTime();
            try (EmergencyWork work = new EmergencyWork();
                    IncidentWatch watch = new IncidentWatch(
                            store,
                            stage.engine.get().incidentClaims(),
                            work,
                            key -> {
                                done.add(System.nanoTime() - begun);
                                return isOfUse;
                            },
                            interval)) {
                watch.start();
                Awaitility.await().atMost(Duration.ofSeconds(80)).until(() -> done.size() >= times);
            }
        }
        return Duration.ofNanos(done.stream().skip(times - 1).findFirst().orElseThrow());
    }
}
