package io.reseal.audit;

/** What a verification of the audit log finds. */
public enum Tampering {
    /** The entry is not the one that was written at this place: a column was edited, or it came from elsewhere. */
    ALTERED,
    /** Entries are missing before a later one of the same chain. */
    MISSING,
    /** The entry's mac cannot be computed, because the entry before it is missing. */
    UNVERIFIABLE,
    /** One entry too many at this place. */
    SURPLUS,
    /** The chain ended here once, or later, and now ends before. */
    TRUNCATED,
    /** The key of the chain does not open: its row was edited, exchanged, deleted or made by somebody without the KEK. */
    CHAIN_KEY,
    /** A line of a checkpoint sink is not the one that was written there. */
    CHECKPOINT_ALTERED,
    /** A checkpoint that the log tells of is not in its sink. */
    CHECKPOINT_MISSING
}
