package io.reseal.rotation.internal.jdbc;

/**
 * A column that addresses rows.
 *
 * @param name as in the database's dictionary
 * @param type what a text is cast to in order to be compared with the column, for example {@code CHARACTER(8)}
 */
public record KeyColumn(String name, String type) {}
