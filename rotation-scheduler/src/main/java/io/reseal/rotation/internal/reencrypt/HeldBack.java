package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** For how long a node has hardly worked on a run though its effort allows it. For one thread. */
final class HeldBack {

    /** Of what the effort allows. */
    private static final double HARDLY = 0.2;

    private final LongSupplier nanos;
    private @Nullable Long since;

    /** @param nanos a monotonic clock */
    HeldBack(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** To be called more often than a stop lasts. */
    void see(Pacing pacing) {
        if (!isHeldBack(pacing)) {
            since = null;
            return;
        }
        if (since == null) {
            since = nanos.getAsLong();
        }
    }

    /** That nothing is to be done at this time is somebody's plan. */
    private static boolean isHeldBack(Pacing pacing) {
        return pacing.effort() != Effort.NONE
                && pacing.state() != PaceState.UNTHROTTLED
                && pacing.duty() <= HARDLY * pacing.effort().mostDuty(true);
    }

    Duration time() {
        Long begin = since;
        return begin == null ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - begin);
    }
}
