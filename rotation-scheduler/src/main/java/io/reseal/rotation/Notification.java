package io.reseal.rotation;

import java.time.Instant;

/**
 * That somebody was told of an incident.
 *
 * @param audience on whose account they were told
 * @param whom a person, a team, an authority: at most 200 characters
 * @param channel how, for example {@code telephone}: at most 200 characters
 * @param at when
 */
public record Notification(Audience audience, String whom, String channel, Instant at) {

    private static final int MAX_LENGTH = 200;

    /** Who has to know. */
    public enum Audience {
        SECURITY,
        MANAGEMENT,
        AUTHORITY,
        USERS,
        OTHERS
    }

    public Notification {
        require(whom, "whom");
        require(channel, "channel");
    }

    private static void require(String text, String name) {
        if (text.isBlank() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "A notification needs " + name + ", of at most " + MAX_LENGTH + " characters");
        }
    }
}
