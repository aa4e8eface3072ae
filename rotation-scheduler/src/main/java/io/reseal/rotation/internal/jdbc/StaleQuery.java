package io.reseal.rotation.internal.jdbc;

import io.reseal.keys.KeyId;
import java.util.List;

/**
 * Which rows are looked for.
 *
 * @param retired the keys under which a value is stale; never empty
 */
public record StaleQuery(SealedTable table, List<KeyId> retired, Limits limits) {

    public StaleQuery {
        retired = List.copyOf(retired);
        if (retired.isEmpty()) {
            throw new IllegalArgumentException("without retired keys nothing is stale");
        }
    }
}
