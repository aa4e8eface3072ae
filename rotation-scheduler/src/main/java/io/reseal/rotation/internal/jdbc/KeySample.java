package io.reseal.rotation.internal.jdbc;

import java.util.List;

/**
 * What is known of a table without counting it.
 *
 * @param rows an estimate
 * @param keys some of its keys, in order, evenly spread
 */
public record KeySample(long rows, List<RowAddress> keys) {

    public KeySample {
        keys = List.copyOf(keys);
    }
}
