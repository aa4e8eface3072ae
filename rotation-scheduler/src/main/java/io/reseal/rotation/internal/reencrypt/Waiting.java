package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.reencryption.Blocker;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * How long a hard proof waits for others.
 *
 * @param patience for all tables together
 * @param listener is told whom it waits for, each time that it looks
 */
public record Waiting(Duration patience, Consumer<List<Blocker>> listener) {

    public Waiting {
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience is " + patience + ": use zero or more");
        }
    }
}
