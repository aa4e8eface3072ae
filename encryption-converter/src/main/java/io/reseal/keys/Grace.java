package io.reseal.keys;

import java.time.Instant;

/** How far the grace period of a retired key version is. */
public sealed interface Grace {

    /** The version is not retired. */
    record NotBegun() implements Grace {}

    /** Its time runs. */
    record Running(Instant until) implements Grace {}

    /** Its time is over, and only the proof that no value is left ends it. */
    record AwaitsProof(Instant since) implements Grace {}

    /** It is over: what was sealed or signed under the version has expired. */
    record Over(Instant since) implements Grace {}
}
