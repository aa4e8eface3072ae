package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import java.time.Instant;

/** What suspending a key would cut off, counted; only {@link EmergencyRotation#suspension} makes one. Immutable. */
public final class Suspension {

    private final KeyId key;
    private final Affected cutOff;
    private final KeyState state;
    private final Instant at;

    Suspension(KeyId key, Affected cutOff, KeyState state, Instant at) {
        this.key = key;
        this.cutOff = cutOff;
        this.state = state;
        this.at = at;
    }

    public KeyId key() {
        return key;
    }

    /** The rows that could no longer be read, by table. */
    public Affected cutOff() {
        return cutOff;
    }

    /** The key's when they were counted. */
    KeyState state() {
        return state;
    }

    /** When the counting was over, by the clock of the node that counted. */
    public Instant at() {
        return at;
    }

    @Override
    public String toString() {
        return "suspending " + key + " would cut off " + cutOff + ", counted at " + at;
    }
}
