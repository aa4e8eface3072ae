package io.reseal.rotation.reencryption;

/** What a proof rests on. */
public enum ProofStrength {
    /** Counts alone: a write that was under way while they were taken may have come after them. */
    SOFT,
    /** Counts behind a fence that lets no value under the key into any of the tables any more. */
    HARD
}
