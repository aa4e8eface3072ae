package io.reseal.rotation.internal.jdbc;

/**
 * What a database has done so far.
 *
 * @param activeMillis time that sessions spent executing statements
 * @param logBytes position in the server's log
 */
public record Traffic(long commits, double activeMillis, long logBytes) {}
