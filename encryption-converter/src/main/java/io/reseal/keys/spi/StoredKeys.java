package io.reseal.keys.spi;

import java.util.List;

/**
 * Everything in a key store at one moment.
 *
 * @param generation grows by one with every transition
 * @param keys every version of every key type
 */
public record StoredKeys(long generation, List<WrappedKey> keys) {

    public StoredKeys {
        keys = List.copyOf(keys);
    }
}
