package io.reseal.rotation.destruction;

import io.reseal.keys.KeyId;
import java.util.List;

/**
 * What the cleanup did with one key.
 *
 * @param unmet what stood against more
 */
public record CleanupLine(KeyId key, Outcome outcome, List<Gate> unmet) {

    public CleanupLine {
        unmet = List.copyOf(unmet);
    }

    /** What became of the key. */
    public enum Outcome {
        /** It waits for its destruction from now on. */
        PROPOSED,
        /** Its material is erased. */
        DESTROYED,
        /** It is as it was. */
        LEFT,
        /** It is as it was, because a person has cancelled its destruction. */
        HELD
    }
}
