package io.reseal.audit;

import io.reseal.ResealException;
import java.util.function.Consumer;

/**
 * Where checkpoints of the audit log go: somewhere outside the database that only adds.
 */
public interface CheckpointSink {

    /** A name that stays, different for each sink: the log refers to it, so that a sink that was emptied is found. */
    String name();

    /**
     * Adds a line, and returns once it will survive a crash.
     *
     * @param line without line breaks
     * @throws ResealException if it could not be written
     */
    void append(String line);

    /**
     * Runs {@code work}, which reads the lines and adds one, while no other thread and no other process does.
     *
     * @throws ResealException if others did not let go in time; {@code work} was not run
     */
    default void alone(Runnable work) {
        synchronized (this) {
            work.run();
        }
    }

    /**
     * Hands over every line, in the order in which they were added.
     *
     * @throws ResealException if they could not be read
     */
    void lines(Consumer<String> each);
}
