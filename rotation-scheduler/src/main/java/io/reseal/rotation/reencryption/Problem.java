package io.reseal.rotation.reencryption;

/** What can be the matter with a table, and what that means for a run. */
public enum Problem {
    /** A catalogued table or column does not exist. */
    GONE(Weight.REFUSED),
    /** A view, foreign table or other relation that is no table. */
    NOT_A_TABLE(Weight.REFUSED),
    /** The database could not undo a change of the table. */
    NO_TRANSACTIONS(Weight.REFUSED),
    /** No unique key addresses the rows, or a key column is of a type that can't. */
    NO_USABLE_KEY(Weight.REFUSED),
    /** Stale rows whose key is null, so that no range reaches them. */
    NULL_KEY(Weight.REFUSED),
    /** A column that the engine may or can't write: generated, part of a key, or of another type. */
    UNWRITABLE_COLUMN(Weight.REFUSED),
    /** A stored value would not fit any more once its key version has more digits. */
    TOO_NARROW(Weight.REFUSED),
    /** The engine's user may not read or update what it has to. */
    NO_PRIVILEGE(Weight.REFUSED),
    /** Row security hides rows from the engine's user. */
    ROWS_HIDDEN(Weight.REFUSED),
    /** The database would refuse the updates, because it could not tell subscribers which row changed. */
    NO_REPLICA_IDENTITY(Weight.REFUSED),
    /** A rule turns updates into something else. */
    UPDATE_REDIRECTED(Weight.REFUSED),
    /** A trigger fires for every re-encrypted row or statement. */
    UPDATE_TRIGGER(Weight.ACKNOWLEDGED),
    /** A rule does something more for every update. */
    UPDATE_RULE(Weight.ACKNOWLEDGED),
    /** Every re-encrypted row is logged with both images. */
    REPLICA_IDENTITY_FULL(Weight.ACKNOWLEDGED),
    /** Every re-encrypted row is sent to the subscribers of a publication. */
    PUBLISHED(Weight.ACKNOWLEDGED),
    /** No index serves the key order, so that every window scans the table. */
    KEY_WITHOUT_INDEX(Weight.WARNING);

    /** What a problem means for a run. */
    public enum Weight {
        /** No run is started before the problem is mended. */
        REFUSED,
        /** No run is started before somebody has acknowledged it, by problem and table. */
        ACKNOWLEDGED,
        /** Said, and nothing more. */
        WARNING
    }

    private final Weight weight;

    Problem(Weight weight) {
        this.weight = weight;
    }

    public Weight weight() {
        return weight;
    }
}
