package io.reseal.keys.spi;

import io.reseal.keys.KeyId;
import java.util.Optional;

/** A change of the key store that happens as a whole or not at all. */
public sealed interface KeyTransition {

    /** A new version, as yet unused. */
    record Create(WrappedKey key) implements KeyTransition {}

    /**
     * {@code successor} becomes ACTIVE and {@code predecessor} DEACTIVATED, in one step.
     *
     * @param predecessor empty only for the first version of a key type
     */
    record Promote(KeyId successor, Optional<KeyId> predecessor) implements KeyTransition {}
}
