package io.reseal.rotation.internal.jdbc;

/** The conditions under which a fence's triggers refuse a row, as the database has them. */
public record Guards(String onInsert, String onUpdate) {}
