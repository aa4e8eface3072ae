package io.reseal.rotation;

import io.reseal.keys.KeyId;
import java.time.Instant;

/** What suspending a key would cut off, counted; only {@link EmergencyRotation#suspension} makes one. Immutable. */
public final class Suspension {

    private final KeyId key;
    private final Affected cutOff;
    private final long generation;
    private final Instant at;

    Suspension(KeyId key, Affected cutOff, long generation, Instant at) {
        this.key = key;
        this.cutOff = cutOff;
        this.generation = generation;
        this.at = at;
    }

    public KeyId key() {
        return key;
    }

    /** The rows that could no longer be read, by table. */
    public Affected cutOff() {
        return cutOff;
    }

    /** The key store's generation when they were counted. */
    long generation() {
        return generation;
    }

    /** When the counting began, by the clock of the node that counted. */
    public Instant at() {
        return at;
    }

    @Override
    public String toString() {
        return "suspending " + key + " would cut off " + cutOff + ", counted at " + at;
    }
}
