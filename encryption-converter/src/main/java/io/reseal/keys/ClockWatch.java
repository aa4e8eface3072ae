package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dates what keys go through: by the later of this node's clock and the key store's, so that no single clock that is behind lets a grace
 * period end early, and never before what was recorded already. Notices a wall clock that is behind that.
 */
final class ClockWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

    /** Clocks of several nodes are never quite the same. */
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    private final Clock clock;
    private final InstantSource store;
    private volatile @Nullable String problem;

    ClockWatch(Clock clock, InstantSource store) {
        this.clock = clock;
        this.store = store;
    }

    /** As exact as every database keeps it, and never before what the versions have been through already. */
    Instant now(KeyVersion... versions) {
        Instant now = later(clock.instant(), store.instant()).truncatedTo(ChronoUnit.MICROS);
        return Stream.of(versions)
                .flatMap(version -> version.entered().values().stream())
                .reduce(now, ClockWatch::later);
    }

    /**
     * The same, for a version that enters a state: two stays in one state never begin at the same moment, so that what was approved
     * for the one is not approved for the other.
     */
    Instant entering(KeyState state, KeyVersion version) {
        return version.entered(state)
                .map(before -> later(now(version), before.plus(1, ChronoUnit.MICROS)))
                .orElseGet(() -> now(version));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Compares the clock with the newest moment of any key. */
    void look(StoredKeys stored) {
        Instant now = clock.instant();
        Instant newest = stored.keys().stream()
                .flatMap(key -> key.metadata().entered().values().stream())
                .reduce(Instant.MIN, ClockWatch::later);
        boolean backwards = newest.isAfter(now.plus(TOLERANCE));
        if (backwards && problem == null) {
            LOG.error("The clock of this node is behind the key store: {} here, and a key changed at {}", now, newest);
        }
        problem = backwards
                ? "The clock of this node says " + now + ", and the key store recorded a change of a key at " + newest
                        + ". Set the clock: grace periods and waiting times are measured by it"
                : null;
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }
}
