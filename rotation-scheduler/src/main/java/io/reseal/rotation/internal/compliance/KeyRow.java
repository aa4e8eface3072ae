package io.reseal.rotation.internal.compliance;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A row of {@code reseal_key}, and what is reserved under it.
 *
 * @param entered when it entered each state
 * @param isWrapped whether there is material, and a KEK that wraps it
 * @param reserved encryptions, over all nodes, as of now
 */
record KeyRow(String type, int version, String state, Entered entered, boolean isWrapped, long reserved) {

    /** When; empty if it never did. */
    record Entered(
            Instant created,
            Optional<Instant> activated,
            Optional<Instant> deactivated,
            Optional<Instant> compromised,
            Optional<Instant> destroyed) {}

    /** As the audit log and everything else names it. */
    String name() {
        return type + " version " + version;
    }

    /** While it sealed; empty if it never did. */
    Optional<Span> active() {
        return entered.activated()
                .map(from -> new Span(from, entered.deactivated().orElse(Instant.MAX)));
    }

    boolean isActiveAt(Instant moment) {
        return active().filter(span -> span.contains(moment)).isPresent();
    }

    /** For how long it sealed in a period although it was older than it may be. */
    Duration overdue(Duration interval, Span period) {
        return active().map(span -> new Span(span.from().plus(interval), span.to()).within(period))
                .orElse(Duration.ZERO);
    }

    /** How old it became in a period while it sealed; zero if it did not seal then. */
    Duration greatestAge(Span period) {
        return active().filter(span -> !span.within(period).isZero() || span.contains(period.to()))
                .map(span -> Duration.between(span.from(), Span.earlier(span.to(), period.to())))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }
}
