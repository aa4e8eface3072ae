package io.reseal.keys;

import io.reseal.keys.TwoClocks.Moment;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Key ids that the store did not hold when it was looked at, and how often it may be looked at. For one thread at a time. */
final class AbsentKeys {

    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final int MAX = 10_000;

    private final TwoClocks clocks;
    private final Set<Integer> ids = new HashSet<>();
    private @Nullable Moment lastLook;

    AbsentKeys(TwoClocks clocks) {
        this.clocks = clocks;
    }

    void add(int tinkKeyId) {
        if (ids.size() < MAX) {
            ids.add(tinkKeyId);
        }
    }

    void clear() {
        ids.clear();
    }

    /** Whether it was absent from what was asked for at {@code asked}, less than an interval ago. */
    boolean contains(int tinkKeyId, Moment asked) {
        return ids.contains(tinkKeyId) && clocks.since(asked).compareTo(LOOK_INTERVAL) < 0;
    }

    /** Waits until the store may be looked at again; a thread that is interrupted need not wait. */
    void awaitNextLook() {
        if (lastLook != null) {
            Duration wait = LOOK_INTERVAL.minus(clocks.since(lastLook));
            while (wait.compareTo(Duration.ZERO) > 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(this, wait.toNanos());
                wait = LOOK_INTERVAL.minus(clocks.since(lastLook));
            }
        }
        lastLook = clocks.now();
    }
}
