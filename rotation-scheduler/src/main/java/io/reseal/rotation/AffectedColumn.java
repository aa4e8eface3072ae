package io.reseal.rotation;

/**
 * A column that holds values under a key.
 *
 * @param values under that key
 */
public record AffectedColumn(String column, long values) {}
