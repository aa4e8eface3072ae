package io.reseal.keys.spi;

import java.util.Optional;
import java.util.function.Function;

/**
 * A place outside the key store's database where a node remembers how far the key store has come, so that an older copy of it
 * is noticed. Holds one short text, which is authenticated and not secret. Safe for use by several threads and processes.
 *
 * <p>Every method throws {@link io.reseal.AnchorUnavailableException} when the place cannot be read or written.
 */
public interface Anchor {

    /** Where it is, for messages. */
    String name();

    /** What was written last; empty before the first time. */
    Optional<String> read();

    /**
     * Replaces what is there, as a whole and durably, while no other process does.
     *
     * @param change is handed what is there, and returns what is to be there; empty to leave it
     */
    void update(Function<Optional<String>, Optional<String>> change);
}
