package io.reseal.rotation;

import io.reseal.keys.KeyRegistry;
import io.reseal.keys.StoreCopy;

/**
 * Goes on from an older copy of the key store, because the newer one is lost: {@link KeyRegistry#recover(StoreCopy, String, String)} by two
 * people, who agree to one certain copy. Safe for use by several threads.
 */
public final class StoreRecovery {

    private final KeyRegistry keys;
    private final Approvals approvals;

    StoreRecovery(KeyRegistry keys, Approvals approvals) {
        this.keys = keys;
        this.approvals = approvals;
    }

    /** What to ask approval for, on this node: the request is in its memory only, and for the copy that is there now. */
    public GuardedOperation operation() {
        return GuardedOperation.recover(keys.copy());
    }

    /**
     * Goes on from the copy that is there now. What was asked for in that copy is withdrawn: it may have been used or withdrawn in the one
     * that was lost.
     *
     * @throws ApprovalRequiredException if nobody else has approved it on this node, or only for another copy
     * @throws IllegalStateException if the key store is behind nothing
     */
    public void recover(Person by, String reason) {
        StoreCopy copy = keys.copy();
        approvals.perform(GuardedOperation.recover(copy), by, evidence -> {
            keys.recover(copy, by.toString(), reason + "; " + evidence);
            return evidence;
        });
        approvals.withdrawAll(by, "the key store was recovered from an older copy");
    }
}
