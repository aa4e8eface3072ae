package io.reseal.examples.social.model;

/** Where a user signs in from. */
public enum Provider {
    FACEBOOK,
    GITHUB,
    GOOGLE,
    LINKEDIN
}
