package io.reseal.rotation.alert;

import io.reseal.rotation.Person;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that somebody has to look at, as it was when it was read. Of a kind and subject, one alert is open at a time. Holds
 * names and numbers, never a value or key material.
 *
 * @param id unique, for good
 * @param evidence what was found the last time; at most 2,000 characters
 * @param remedy what to do
 * @param firstSeen when it was raised
 * @param lastSeen when it was raised again the last time
 * @param count how often it was raised, over all nodes
 * @param acknowledged who has taken it on; empty as long as nobody has
 * @param resolved when it ended; empty while it is open
 */
public record Alert(
        long id,
        AlertKind kind,
        AlertSeverity severity,
        AlertSubject subject,
        String evidence,
        String remedy,
        Instant firstSeen,
        Instant lastSeen,
        long count,
        Optional<Acknowledgement> acknowledged,
        Optional<Instant> resolved) {

    /**
     * That somebody has taken an alert on.
     *
     * @param by the {@link Person}, as the audit log names them
     */
    public record Acknowledgement(String by, Instant at) {}

    /** Whether it has not ended. */
    public boolean isOpen() {
        return resolved.isEmpty();
    }

    /** Without the remedy, on one line. */
    @Override
    public String toString() {
        return severity + " " + kind + " (" + subject + "): " + evidence;
    }
}
