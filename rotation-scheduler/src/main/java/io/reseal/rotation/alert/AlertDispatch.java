package io.reseal.rotation.alert;

import io.reseal.rotation.spi.AlertNotice;
import java.time.Instant;
import java.util.Optional;

/**
 * A notice on its way on one channel, as the table {@code reseal_notification} has it.
 *
 * @param notice what is told, with the id that it has on every attempt
 * @param channel by its name
 * @param attempts how often it was tried since it was written, or since a person had it sent again
 * @param writtenAt when it was due
 * @param sentAt when it was taken; empty if it was not
 * @param failure what the last attempt failed with
 */
public record AlertDispatch(
        AlertNotice notice,
        String channel,
        State state,
        int attempts,
        Instant writtenAt,
        Optional<Instant> sentAt,
        Optional<String> failure) {

    /** How far it is. */
    public enum State {
        /** It waits for its next attempt, or is being sent. */
        PENDING,
        /** It was taken. */
        SENT,
        /** Nobody needs it any more: the alert was acknowledged or resolved before. */
        WITHDRAWN,
        /** It was tried as often as it may; a person decides. */
        DEAD
    }
}
