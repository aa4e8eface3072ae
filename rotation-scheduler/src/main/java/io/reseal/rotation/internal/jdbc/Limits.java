package io.reseal.rotation.internal.jdbc;

/** How much is read at once. */
public record Limits(int rows, long bytes) {}
