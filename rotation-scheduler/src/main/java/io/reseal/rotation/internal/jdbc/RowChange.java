package io.reseal.rotation.internal.jdbc;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is to be written to a row: only if each of its columns still holds what was read from it.
 *
 * @param swaps by the position of their column in {@link SealedTable#columns()}, in that order; never empty
 */
public record RowChange(RowAddress address, Map<Integer, Swap> swaps) {

    public RowChange {
        swaps = swaps.size() == 1 ? Map.copyOf(swaps) : Collections.unmodifiableMap(new TreeMap<>(swaps));
    }

    /** What lets the row stay as it is, if it holds what was sealed. */
    public RowChange done() {
        Map<Integer, Swap> done = new TreeMap<>();
        swaps.forEach((column, swap) -> done.put(column, new Swap(swap.sealed(), swap.sealed())));
        return new RowChange(address, done);
    }

    /** The value that was read, and the one that takes its place. */
    public record Swap(StoredValue read, StoredValue sealed) {}
}
