package io.reseal.rotation.internal.jdbc;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be written to a row: only if each of its columns still holds what was read from it.
 *
 * @param swaps by the position of their column in {@link SealedTable#columns()}; never empty
 */
public record RowChange(RowAddress address, SortedMap<Integer, Swap> swaps) {

    public RowChange(RowAddress address, Map<Integer, Swap> swaps) {
        this(address, new TreeMap<>(swaps));
    }

    /** The value that was read, and the one that takes its place. */
    public record Swap(StoredValue read, StoredValue sealed) {}
}
