package io.reseal.benchmarks.foreground;

/**
 * A phase of traffic.
 *
 * @param rowsPerSecond what was re-encrypted meanwhile
 */
record Phase(TrafficProcess.Felt felt, double rowsPerSecond) {}
