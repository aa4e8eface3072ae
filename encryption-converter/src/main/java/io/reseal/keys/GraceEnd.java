package io.reseal.keys;

import java.time.Duration;

/** What ends the grace period of a key version that sealed values, once its time is over. */
public sealed interface GraceEnd {

    /** Columns and files: nothing but the proof that no value is left under the version. */
    record Proof() implements GraceEnd {}

    /**
     * Sessions and signatures, which are never re-encrypted: time alone, since nothing under the version lives longer.
     *
     * @param lifetime of a session or signature, as the application declares it; grace covers it
     */
    record Expiry(Duration lifetime) implements GraceEnd {}
}
