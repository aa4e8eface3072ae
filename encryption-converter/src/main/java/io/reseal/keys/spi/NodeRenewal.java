package io.reseal.keys.spi;

import java.time.Duration;

/**
 * What a process that seals says of itself.
 *
 * @param node unique
 * @param name for people
 * @param holds the generation that it holds
 * @param lease for how long it wants to go on sealing
 */
public record NodeRenewal(String node, String name, long holds, Duration lease) {}
