package io.reseal.keys;

import java.time.Instant;

/**
 * A process that seals, as the key store knows it. Its moments are those of the key store's clock.
 *
 * @param id unique; a process that joins again has another
 * @param name process id and host, for people
 * @param started when it joined
 * @param renewed when it last held the newest generation
 * @param leaseUntil until when it may seal, at the latest
 * @param acknowledged the generation that it last said it held
 * @param isLeased whether its lease was running when this was read
 * @param isEvicted whether it may no longer renew its lease
 */
public record KeyNode(
        String id,
        String name,
        Instant started,
        Instant renewed,
        Instant leaseUntil,
        long acknowledged,
        boolean isLeased,
        boolean isEvicted) {

    /** How a node stands. */
    public enum Standing {
        /** It may seal. */
        LIVE,
        /** It has not renewed its lease: it refuses to seal until it does. */
        LAPSED,
        /** It was evicted: it joins again under another id, and may have sealed until its lease ran out. */
        EVICTED
    }

    public Standing standing() {
        if (isEvicted) {
            return Standing.EVICTED;
        }
        return isLeased ? Standing.LIVE : Standing.LAPSED;
    }

    /** Whether it may seal, and does not know of {@code generation}. */
    public boolean isBehind(long generation) {
        return isLeased && acknowledged < generation;
    }
}
