package io.reseal.rotation;

import io.reseal.NodesBehindException;
import io.reseal.keys.KeyNodes;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for the nodes that seal. None makes it wait for longer than a lease after it has gone silent. */
final class Acknowledgements {

    private static final Duration LOOK = Duration.ofMillis(20);

    private final KeyNodes nodes;

    Acknowledgements(KeyNodes nodes) {
        this.nodes = nodes;
    }

    /**
     * Promotes as soon as every node knows the successor.
     *
     * @param interrupted what to say if the thread is interrupted
     */
    <T> T promote(Supplier<T> promotion, String interrupted) {
        while (true) {
            try {
                return promotion.get();
            } catch (NodesBehindException e) {
                await(e.generation(), interrupted);
            }
        }
    }

    /** Returns once every node that may seal holds {@code generation}, or a later one. */
    void await(long generation, String interrupted) {
        while (!nodes.behind(generation).isEmpty()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(interrupted);
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
        }
    }
}
