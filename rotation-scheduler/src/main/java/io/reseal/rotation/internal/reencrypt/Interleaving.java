package io.reseal.rotation.internal.reencrypt;

/** Where a test steps in between what the engine does; does nothing in production. */
interface Interleaving {

    Interleaving NONE = claim -> {};

    /** A window was read, its first batch is sealed, and nothing of it is written yet. */
    void beforeWriting(RangeClaim claim);

    /** The next batch of a window was sealed while another was being written, and is not written yet. */
    default void sealedAhead(RangeClaim claim) {}
}
