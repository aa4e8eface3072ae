package io.reseal.keys;

import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.stream.Stream;

/** Whether a question failed because the thread that asked was interrupted. */
final class Interruption {

    private static final int MAX_CAUSES = 20;

    private Interruption() {}

    /** An interrupted thread learns nothing about the store that another thread should hear. */
    static boolean isBehind(Throwable failure) {
        return Thread.currentThread().isInterrupted()
                || Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .limit(MAX_CAUSES)
                        .anyMatch(e -> e instanceof InterruptedException || e instanceof ClosedByInterruptException);
    }
}
