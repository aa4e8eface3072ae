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
    /** The key store went through a transition of which no authentic entry tells: an entry, or a whole chain, was cut off. */
    TRANSITION_MISSING,

    /** Two transitions led to one generation of the key store: it was replaced by an older copy in between. */
    TRANSITION_TWICE,

    /** The log tells of transitions that the key store does not show: it is an older copy. */
    KEY_STORE_BEHIND,

    /** The key store's own record of its generation is not as Reseal left it. */
    KEY_STORE_ALTERED,

    /** A line of a checkpoint sink is not the one that was written there. */
    CHECKPOINT_ALTERED,
    /** A checkpoint that the log tells of is not in its sink. */
    CHECKPOINT_MISSING
}
