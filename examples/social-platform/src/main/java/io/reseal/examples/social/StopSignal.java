package io.reseal.examples.social;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: asked for by the JVM's shutdown, answered by the demo at its next step, which the shutdown waits for. */
final class StopSignal {

    private static final Duration LONGEST_END = Duration.ofSeconds(20);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** The demo was asked to stop before it was done. */
    static final class StoppedException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    /** Asks the demo to stop and waits until it has, or for 20 s. */
    void requestAndAwaitEnd() {
        requested.countDown();
        await(ended, LONGEST_END);
    }

    void ended() {
        ended.countDown();
    }

    /** Waits that long, or until the demo is asked to stop, and tells whether it was. */
    boolean isRequestedWithin(Duration time) {
        return await(requested, time);
    }

    /** Waits that long. */
    void pause(Duration time) {
        if (isRequestedWithin(time)) {
            throw new StoppedException();
        }
    }

    /** To be called between two steps. */
    void check() {
        pause(Duration.ZERO);
    }

    private static boolean await(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
