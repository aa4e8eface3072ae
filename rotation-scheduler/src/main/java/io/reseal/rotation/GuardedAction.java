package io.reseal.rotation;

import java.util.Locale;

/** What nobody may do alone. */
public enum GuardedAction {
    /** Erase the material of a key. */
    DESTROY,
    /** Put a backup of the key store in the place of what is there. */
    RESTORE,
    /** Go on from an older copy of the key store. */
    RECOVER,
    /** Let values under a suspended key be opened again. */
    LIFT_SUSPENSION,
    /** Open nothing any more that is sealed under a compromised key. */
    REFUSE_COMPROMISED,
    /** Open again what is refused under a compromised key. */
    ALLOW_COMPROMISED,
    /** Look no more at a column that once held sealed values. */
    RETIRE_COLUMN,
    /** Ask for less than before: longer intervals, shorter retention, fewer approvals. */
    WEAKEN_POLICY,
    /** Destroy a key although retained backups hold values under it. */
    ACCEPT_UNREADABLE_BACKUPS;

    /** As the audit log calls it. */
    String step() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
