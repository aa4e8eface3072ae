package io.reseal.rotation.internal.pace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Lets the workers of a node take turns as the controller says. */
public final class Throttle {

    /** After a slice in which this process itself was held up; shorter limits would break what a small duty promises. */
    private static final long LONGEST_REST = TimeUnit.MINUTES.toNanos(2);

    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

    private final Controller controller;
    private final LongSupplier nanos;
    private final OwnBatches batches;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isOpen;
    private boolean isClosed;
    private @Nullable Turn working;

    /** @param nanos a monotonic clock */
    Throttle(Controller controller, OwnBatches batches, LongSupplier nanos) {
        this.controller = controller;
        this.nanos = nanos;
        this.batches = batches;
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

    /** Lets everybody through, or no longer: the run is paused or over, and they have to find out. */
    void open(boolean open) {
        lock.lock();
        try {
            isOpen = open;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everybody through for good, whatever is said afterwards by those who have not heard of it. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One worker's slices of work. Not safe for use by several threads. */
    public final class Turn {

        private long begun;
        private long finished = nanos.getAsLong();
        private long worked;
        private boolean isBusy;

        private Turn() {}

        /**
         * Ends the slice of work in hand, and returns when the next may begin: work, rest, work, rest. While throttled, one
         * worker of the node works; the others wait here.
         */
        public void await() {
            finish();
            lock.lock();
            try {
                long wait = left();
                while (wait > 0) {
                    changed.awaitNanos(Math.min(wait, LOOK));
                    wait = left();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
            begun = nanos.getAsLong();
            isBusy = true;
        }

        /** Ends the slice of work in hand: what follows until the next one begins is rest already. */
        public void finish() {
            if (isBusy) {
                finished = nanos.getAsLong();
                worked = finished - begun;
                isBusy = false;
            }
        }

        private long left() {
            double duty = controller.duty();
            if (isClosed || isOpen || duty >= 1) {
                return 0;
            }
            if (duty <= 0 || (working != null && working != this)) {
                return LOOK;
            }
            working = this;
            long rest = Math.min(LONGEST_REST, (long) (worked * (1 / duty - 1)));
            return finished + rest - nanos.getAsLong();
        }

        /**
         * A batch was written in one transaction.
         *
         * @param writing the part of it that the database took for the rows
         */
        public void wrote(int rows, Duration took, Duration writing) {
            controller.wrote(rows, writing);
            batches.add(took);
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
            finish();
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
