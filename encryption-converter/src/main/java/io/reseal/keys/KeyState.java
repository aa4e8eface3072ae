package io.reseal.keys;

/** Where a key version is in its life: the states of NIST SP 800-57 part 1 revision 5, section 7, with a pending stage. */
public enum KeyState {
    /** Created and distributed, not yet used to seal. */
    PRE_ACTIVE(false, true),
    /** Seals and opens; at most one version of a key type is in this state. */
    ACTIVE(true, true),
    /** Taken out of use for the time being. */
    SUSPENDED(false, false),
    /** Opens what it sealed; everything new is sealed under its successor. */
    DEACTIVATED(false, true),
    /** Known or suspected to be in other hands: opens, so that its values can be re-encrypted. */
    COMPROMISED(false, true),
    /** Waiting to be destroyed. */
    PENDING_DESTROY(false, false),
    /** The material is deleted; the metadata stays. */
    DESTROYED(false, false);

    private final boolean seals;
    private final boolean opens;

    KeyState(boolean seals, boolean opens) {
        this.seals = seals;
        this.opens = opens;
    }

    /** Whether a value may be sealed under a key in this state. */
    public boolean seals() {
        return seals;
    }

    /** Whether a value sealed under a key in this state may be opened. */
    public boolean opens() {
        return opens;
    }

    /** Whether values under a key in this state wait to be re-encrypted under the active version. */
    public boolean isRetired() {
        return this == DEACTIVATED || this == COMPROMISED;
    }
}
