package io.reseal.rotation.reencryption;

import io.reseal.keys.KeyId;
import java.util.List;
import java.util.Optional;

/**
 * A table that lets no value in that is sealed under one of {@code keys}.
 *
 * @param schema empty for the connection's own schema
 * @param problems what is wrong with the fence now: triggers that are gone, disabled or altered. Empty while it is in place
 */
public record FencedTable(Optional<String> schema, String table, List<KeyId> keys, List<String> problems) {

    public FencedTable {
        keys = List.copyOf(keys);
        problems = List.copyOf(problems);
    }

    /** Whether the fence is as it was put up. */
    public boolean isInPlace() {
        return problems.isEmpty();
    }
}
