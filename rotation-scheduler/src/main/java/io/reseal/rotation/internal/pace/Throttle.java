package io.reseal.rotation.internal.pace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Lets the workers of a node take turns as the controller says. */
public final class Throttle {

    private static final long LONGEST_REST = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

    private final Controller controller;
    private final LongSupplier nanos;
    private final OwnWork ownWork;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isOpen;

    private @Nullable Turn working;

    /** @param nanos a monotonic clock */
    public Throttle(Controller controller, OwnWork ownWork, LongSupplier nanos) {
        this.controller = controller;
        this.nanos = nanos;
        this.ownWork = ownWork;
    }

    /** A worker's. */
    public Turn turn() {
        return new Turn();
    }

    /** Something may have changed: whoever waits looks again. */
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody through: the run is paused or over, and they have to find out. */
    public void open(boolean open) {
        lock.lock();
        try {
            isOpen = open;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One worker's slices of work. Not safe for use by several threads. */
    public final class Turn {

        private long begun;
        private boolean isBusy;

        private Turn() {}

        /**
         * Ends the slice of work in hand, and returns when the next may begin: work, rest, work, rest. While throttled, one
         * worker of the node works; the others wait here.
         */
        public void await() {
            long finished = nanos.getAsLong();
            long busy = isBusy ? finished - begun : 0;
            lock.lock();
            try {
                long wait = left(finished, busy);
                while (wait > 0) {
                    changed.awaitNanos(Math.min(wait, LOOK));
                    wait = left(finished, busy);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
            begun = nanos.getAsLong();
            isBusy = true;
        }

        private long left(long finished, long busy) {
            double duty = controller.duty();
            if (isOpen || duty >= 1) {
                return 0;
            }
            if (duty <= 0 || (working != null && working != this)) {
                return LOOK;
            }
            working = this;
            long rest = Math.min(LONGEST_REST, (long) (busy * (1 / duty - 1)));
            return finished + rest - nanos.getAsLong();
        }

        /** A batch was written in one transaction. */
        public void wrote(int rows, Duration took) {
            controller.wrote(rows, took);
            ownWork.add(1, took);
        }

        /** Rows per transaction. */
        public int batchRows(int most) {
            return controller.batchRows(most);
        }

        /** Whether the work has to be cut small and spread. */
        public boolean isThrottled() {
            return controller.duty() < 1;
        }

        /** There is nothing to do for now: another worker may. */
        public void leave() {
            isBusy = false;
            lock.lock();
            try {
                if (working == this) {
                    working = null;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
