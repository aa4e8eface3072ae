package io.reseal.rotation.internal.health;

import io.reseal.rotation.alert.AlertSubject;

/**
 * Something that Reseal connects to by itself, or was handed to connect by.
 *
 * @param found what was seen, for people; without anything secret
 * @param asked where it was seen
 */
public record Connection(AlertSubject subject, Protection protection, String found, String asked) {

    /** Whether somebody on the way could read what it carries. */
    public enum Protection {
        /** By TLS, or because it does not leave the machine. */
        PROTECTED,
        IN_CLEAR,
        /** It is made by the application's own code. */
        UNKNOWN
    }

    boolean isInClear() {
        return protection == Protection.IN_CLEAR;
    }

    /** For example {@code channel pager: by TLS, to https://hooks.example.com}. */
    @Override
    public String toString() {
        return subject + ": " + found;
    }
}
