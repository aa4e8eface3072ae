package io.reseal.keys;

import java.time.Instant;

/**
 * How often a node met an {@link Indicator} within a minute. Holds names and numbers, never a value.
 *
 * @param node the node's name
 * @param column the context that the values are bound to; empty if it is about the node itself
 * @param key for example {@code database_encryption version 3}, also if the key store holds no such key; empty if it is about
 *     no key, or about more keys than are told apart
 * @param minute its beginning; what a node could not write down at once stands under the minute in which it could
 * @param times at least 1
 */
public record Indication(String node, Indicator indicator, String column, String key, Instant minute, long times) {}
