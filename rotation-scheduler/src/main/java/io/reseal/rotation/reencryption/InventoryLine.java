package io.reseal.rotation.reencryption;

import io.reseal.keys.KeyId;
import java.util.Optional;

/**
 * How many values of one column are sealed under one key.
 *
 * @param schema empty for the connection's own schema
 * @param key empty for values that are not sealed, or under a key type that this application does not know
 */
public record InventoryLine(Optional<String> schema, String table, String column, Optional<KeyId> key, long values) {}
