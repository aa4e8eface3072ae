package io.reseal.rotation.reencryption;

import java.util.Optional;

/**
 * What a proof saw in one column.
 *
 * @param schema empty for the connection's own schema
 * @param remaining values that are still sealed under the retired key
 * @param values values that are not null
 */
public record ColumnProof(Optional<String> schema, String table, String column, long remaining, long values) {}
