package io.reseal.keys;

import java.time.Instant;

/**
 * How often one node used one key version within one hour.
 *
 * @param node the node's name
 * @param hour its beginning, in UTC
 */
public record KeyOperations(KeyId key, Direction direction, String node, Instant hour, long operations) {}
