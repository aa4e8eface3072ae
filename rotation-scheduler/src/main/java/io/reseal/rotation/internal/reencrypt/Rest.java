package io.reseal.rotation.internal.reencrypt;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How a worker waits: until the time is over or its node's work on the run is. */
final class Rest {

    private final CountDownLatch over = new CountDownLatch(1);

    void end() {
        over.countDown();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    void pause(Duration duration) {
        if (duration.isZero()) {
            return;
        }
        try {
            if (over.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end();
        }
    }
}
