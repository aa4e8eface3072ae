package io.reseal.rotation;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** The clock of this node and that of the database: whoever sets one of them gains no time. Moments are as exact as they are stored. */
record Clocks(Clock node, InstantSource database) {

    /** By which what all nodes share is dated. */
    Instant stored() {
        return now(database);
    }

    /** By which waiting is over. */
    Instant earlier() {
        Instant here = now(node);
        Instant there = now(database);
        return here.isBefore(there) ? here : there;
    }

    /** By which what is allowed for a time has ended, and waiting begins. */
    Instant later() {
        Instant here = now(node);
        Instant there = now(database);
        return here.isAfter(there) ? here : there;
    }

    private static Instant now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
