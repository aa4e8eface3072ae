package io.reseal.keys.spi;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyTransitions;
import io.reseal.keys.KeyVersion;
import java.time.Instant;

/**
 * One key version before and after it goes into another state; legal by {@link KeyTransitions}, as far as one version can
 * tell.
 */
public record StateChange(KeyVersion before, KeyVersion after) {

    public StateChange {
        if (!after.equals(
                before.moved(after.state(), after.entered(after.state()).orElseThrow()))) {
            throw new IllegalArgumentException("That is not what becomes of the key " + before.id());
        }
    }

    /**
     * The version in another state.
     *
     * @throws io.reseal.IllegalTransitionException if its state does not lead there
     */
    public static StateChange of(KeyVersion before, KeyState to, Instant at) {
        return new StateChange(before, before.moved(to, at));
    }

    public KeyId key() {
        return before.id();
    }

    /** What the change needs beside itself. */
    KeyTransitions.Condition condition() {
        return KeyTransitions.condition(before.state(), after.state()).orElseThrow();
    }

    /** For example {@code database_encryption version 3: ACTIVE to DEACTIVATED}. */
    @Override
    public String toString() {
        return key() + ": " + before.state() + " to " + after.state();
    }
}
