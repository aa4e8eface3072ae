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

    /** @throws OverException if the node's work on the run is over */
    void requireGoingOn() {
        if (isOver()) {
            throw new OverException();
        }
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** This node's work on the run is over: the window in hand is left as it is, and read again by whoever comes next. */
    static final class OverException extends RuntimeException {

        private static final long serialVersionUID = 1L;
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
