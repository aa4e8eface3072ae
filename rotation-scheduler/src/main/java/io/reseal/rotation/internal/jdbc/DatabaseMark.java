package io.reseal.rotation.internal.jdbc;

/**
 * Which database it was, and how far its log was then: a restored one is another, or behind.
 *
 * @param database empty where databases can't be told apart
 * @param position empty where there is no log to read
 */
public record DatabaseMark(String database, String position) {

    public static final DatabaseMark UNKNOWN = new DatabaseMark("", "");
}
