package io.reseal.rotation;

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

    private static final int MAX_EVIDENCE = 2_000;

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

    /** As evidence is kept: cut where it is too long. */
    static String evidence(String text) {
        return printable(text.substring(0, Math.min(MAX_EVIDENCE, text.length())));
    }

    /** Names come from wherever somebody could write: none may begin a line of a log. */
    static String printable(String text) {
        return text.codePoints()
                .map(character -> Character.isISOControl(character) ? ' ' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Without the remedy, on one line. */
    @Override
    public String toString() {
        return severity + " " + kind + " (" + subject + "): " + evidence;
    }
}
