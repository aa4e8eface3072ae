package io.reseal.rotation;

/**
 * What is on record about one thing, as one document in two forms of the same content.
 *
 * @param json with names_like_this; moments in ISO-8601
 * @param text for people, in lines
 */
public record WrittenRecord(String json, String text) {}
