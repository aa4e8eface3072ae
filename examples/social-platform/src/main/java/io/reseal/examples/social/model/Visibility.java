package io.reseal.examples.social.model;

/** Who may find a user. */
public enum Visibility {
    EVERYONE,
    FRIENDS,
    NOBODY
}
