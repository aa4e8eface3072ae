package io.reseal.rotation.internal.compliance;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a verification of the whole audit log found.
 *
 * @param read how much was read
 * @param findings all of them
 * @param shown the first of them, in words
 * @param truncation whether what was cut off from its end would be noticed
 * @param heads the ends of the chains
 */
record LogCheck(
        Read read,
        long findings,
        List<String> shown,
        String truncation,
        Optional<Instant> lastCheckpoint,
        List<String> heads) {

    record Read(long entries, int chains, long checkpoints) {}

    boolean isClean() {
        return findings == 0;
    }
}
