package io.reseal.rotation.reencryption;

/** Where a re-encryption run stands; every node that works on it sees the same. */
public enum RunState {
    /** Workers re-encrypt, or wait for rows that others hold locked, or prove. */
    RUNNING(true),
    /** Held by {@link Reencryption#pause}; goes on with {@link Reencryption#resume}. */
    PAUSED(true),
    /** Stopped by an error that repeating does not cure; goes on with {@link Reencryption#resume}. */
    FAILED(true),
    /** Everything was worked off and the soft proof was taken; the proof says whether it holds. */
    COMPLETED(false),
    /** Given up by {@link Reencryption#cancel}; what was re-encrypted until then stays so. */
    CANCELLED(false);

    private final boolean open;

    RunState(boolean open) {
        this.open = open;
    }

    /** Whether the run can still change something; a key type has at most one open run. */
    public boolean isOpen() {
        return open;
    }
}
