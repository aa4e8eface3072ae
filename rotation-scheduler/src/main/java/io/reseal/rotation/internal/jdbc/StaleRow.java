package io.reseal.rotation.internal.jdbc;

import java.util.Map;

/**
 * A row that holds stale values.
 *
 * @param stale the stale values, by the position of their column in {@link SealedTable#columns()}; never empty
 */
public record StaleRow(RowAddress address, Map<Integer, StoredValue> stale) {

    public StaleRow {
        stale = Map.copyOf(stale);
    }
}
