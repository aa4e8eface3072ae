package io.reseal.rotation.internal.jdbc;

/**
 * What the sessions of others do.
 *
 * @param active have a transaction open now
 * @param recent have done something within the last seconds
 */
public record OtherSessions(int active, int recent) {}
