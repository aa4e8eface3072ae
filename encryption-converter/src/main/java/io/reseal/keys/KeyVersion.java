package io.reseal.keys;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one key version: metadata only, never material.
 *
 * @param activated empty until the version first became {@link KeyState#ACTIVE}
 * @param deactivated empty until a successor took over
 */
public record KeyVersion(
        KeyId id, KeyState state, Instant created, Optional<Instant> activated, Optional<Instant> deactivated) {

    public KeyType type() {
        return id.type();
    }

    public int version() {
        return id.version();
    }
}
