package io.reseal.rotation.reencryption;

import java.util.Optional;

/**
 * What a run would do in one table.
 *
 * @param schema empty for the connection's own schema
 * @param estimatedRows as the database's statistics or a sample have it; not all of them need to be stale
 * @param ranges parts of the key order that workers take, over all partitions
 */
public record TablePlan(Optional<String> schema, String table, long estimatedRows, int ranges) {}
