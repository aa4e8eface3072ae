package io.reseal.keys;

/**
 * How much was done under one key version, over all nodes.
 *
 * @param reserved how many values may have been sealed under it: what counts against {@link KeyPolicy#usageLimit}. Never too
 *     little; a node that crashes leaves what it had reserved and not used
 * @param sealed how many values were sealed, as far as nodes have written it down: each does once a minute
 * @param opened how many values were opened, likewise
 */
public record KeyUsage(KeyId key, long reserved, long sealed, long opened) {}
