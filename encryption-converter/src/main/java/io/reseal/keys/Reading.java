package io.reseal.keys;

import io.reseal.keys.TwoClocks.Moment;
import org.jspecify.annotations.Nullable;

/**
 * A keyring, and what is known of its age: each moment is the one before the question was sent.
 *
 * @param asked when it was the newest
 * @param verified when all of it was read
 * @param leased when this node last renewed its lease; null before the first time
 */
record Reading(
        Keyring keyring,
        Moment asked,
        Moment verified,
        @Nullable Moment leased) {

    Reading renewed(Moment at) {
        return new Reading(keyring, asked, verified, at);
    }

    /** Another keyring; it says nothing to the other nodes yet. */
    Reading replaced(Keyring another, Moment at) {
        return new Reading(another, at, at, leased);
    }

    Reading confirmed(Moment at) {
        return new Reading(keyring, at, verified, leased);
    }

    long generation() {
        return keyring.generation();
    }
}
