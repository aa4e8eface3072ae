package io.reseal.benchmarks.foreground;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.reencryption.RunState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

    private static EndlessRotation.Sample sample(RunState run, boolean isPaused, PaceState pace) {
        EffortPlan plan = EffortPlan.always(Effort.BALANCED);
        Pacing pacing = new Pacing(plan, Effort.BALANCED, pace, Instant.EPOCH, "seen", 0.1, 50, List.of());
        return new EndlessRotation.Sample(1, 1, run, isPaused, pacing);
    }

    @Test
    void aRotationThatWasNeverThrottledBesideTrafficProvesNothing() {
        EndlessRotation.Sample paused = sample(RunState.PAUSED, true, PaceState.THROTTLED);
        EndlessRotation.Sample unthrottled = sample(RunState.RUNNING, false, PaceState.UNTHROTTLED);
        EndlessRotation.Sample throttled = sample(RunState.RUNNING, false, PaceState.THROTTLED);

        assertThat(Samples.wrong(List.of(paused, unthrottled))).containsExactly("the rotation was never throttled");
        assertThat(Samples.wrong(List.of(paused, unthrottled, throttled))).isEmpty();
    }

    @Test
    void everyFailureOfARunIsCountedOnce() {
        EndlessRotation.Sample running = sample(RunState.RUNNING, false, PaceState.THROTTLED);
        EndlessRotation.Sample failed = sample(RunState.FAILED, false, PaceState.THROTTLED);

        assertThat(Samples.wrong(List.of(running, failed, failed, running, failed)))
                .containsExactly("2 runs failed");
    }
}
