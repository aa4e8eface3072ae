package io.reseal.keys;

/** What a node met that may point to a compromise, or to a key store in trouble. */
public enum Indicator {
    /** A value was changed, cut short, or moved from another column. */
    TAMPERED_VALUE(true),
    /** A value is stored that is not sealed. */
    PLAINTEXT_VALUE(true),
    /** A value names a key that the key store does not hold. */
    UNKNOWN_KEY(true),
    /** A value under a suspended key was asked for. */
    SUSPENDED_KEY(true),
    /** A value under a key that waits for its destruction was asked for. */
    PENDING_DESTROY_KEY(true),
    /** A value under a destroyed key was asked for. */
    DESTROYED_KEY(true),
    /** A value under a compromised key was opened. */
    COMPROMISED_KEY(false),
    /** A value under a compromised key was asked for, where two people had such values refused. */
    REFUSED_COMPROMISED_KEY(true),
    /** Somebody else wrote to the key store. */
    KEY_STORE_TAMPERED(false),
    /** The key store is an older copy of itself. */
    KEY_STORE_ROLLED_BACK(false),
    /** The key store or the KEK did not answer for a lease. */
    KEY_STORE_UNAVAILABLE(false),
    /** The anchor could not be read or written. */
    ANCHOR_UNAVAILABLE(false),
    /** The node's clock is behind what the key store has recorded. */
    CLOCK_BEHIND(false);

    private final boolean failedOpening;

    Indicator(boolean failedOpening) {
        this.failedOpening = failedOpening;
    }

    /** Whether a value was asked for and did not open. */
    public boolean isFailedOpening() {
        return failedOpening;
    }
}
