package io.reseal.rotation.maintenance;

import io.reseal.rotation.Person;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/**
 * A time in which people work on keys or their database, as it was when it was read.
 *
 * @param id for example {@code kr_window_7}
 * @param plannedBy the {@link Person}, as the audit log names them
 * @param entries what was found, and what people wrote, in that order
 */
public record MaintenanceWindow(
        String id, Plan plan, State state, String plannedBy, Instant plannedAt, List<Entry> entries) {

    /** The longest one. */
    public static final Duration LONGEST = Duration.ofHours(24);

    private static final int MAX_REASON = 4_000;

    public MaintenanceWindow {
        entries = List.copyOf(entries);
    }

    /**
     * From when until when, and why.
     *
     * @param start the first moment
     * @param end the first moment after it; {@link MaintenanceWindow#LONGEST} later at most
     * @param reason 4,000 characters at most
     */
    public record Plan(Instant start, Instant end, String reason) {

        public Plan {
            start = start.truncatedTo(ChronoUnit.MICROS); // as exact as it is stored
            end = end.truncatedTo(ChronoUnit.MICROS);
            if (!start.isBefore(end)) {
                throw new IllegalArgumentException(
                        "A maintenance window from " + start + " until " + end + " is empty: end it after its start");
            }
            if (Duration.between(start, end).compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("A maintenance window from " + start + " until " + end
                        + " is longer than " + LONGEST.toHours() + " hours: plan several");
            }
            if (reason.isBlank() || reason.length() > MAX_REASON) {
                throw new IllegalArgumentException(
                        "A maintenance window needs a reason, of at most " + MAX_REASON + " characters");
            }
        }

        /** Whether the window is open then. */
        public boolean contains(Instant moment) {
            return !moment.isBefore(start) && moment.isBefore(end);
        }
    }

    /** How far it is. */
    public enum State {
        /** It is to come, is open, or waits for the verification six hours after its end. */
        PLANNED,
        /** A person called it off. */
        CANCELLED,
        /** It was verified, and nothing was found in it and after it. */
        CLEAN,
        /** It was verified, and something was found in it or after it. */
        FINDINGS
    }

    /** When something was written down. */
    public enum Phase {
        BEFORE,
        DURING,
        AFTER
    }

    /** What was looked at. */
    public enum Check {
        /** The services that keys need: the key store, the KEK, the nodes. */
        HEALTH,
        /** That the database answers, and how fast. */
        DATABASE,
        /** For how long copies are kept, by what people have declared. */
        BACKUPS,
        /** That notices get through on every channel that a route uses. */
        ALERTING,
        /** How fast open re-encryptions go, what holds them back, and what they could not open. */
        REENCRYPTION,
        /** A sample of values under active keys, opened as the application opens them. */
        SAMPLE,
        /** A value of each key type in use, sealed and opened. */
        CANARY,
        /** Whether open re-encryptions move. */
        RUNS,
        /** What alerts came up since the start. */
        ALERTS,
        /** What a person wrote. */
        NOTE
    }

    /** What came of a look. */
    public enum Outcome {
        OK,
        FINDING,
        /** Neither good nor bad. */
        NOTED
    }

    /**
     * One thing that was found or written.
     *
     * @param subject what it is about; may be empty
     * @param measured a number that {@code text} explains, if there is one
     * @param by {@code reseal}, or the person who wrote it
     */
    public record Entry(
            Instant at,
            Phase phase,
            Check check,
            Outcome outcome,
            String subject,
            String text,
            OptionalLong measured,
            String by) {}

    /** For example {@code kr_window_7 from 2026-12-01T22:00:00Z until 2026-12-02T02:00:00Z (PLANNED)}. */
    @Override
    public String toString() {
        return id + " from " + plan.start() + " until " + plan.end() + " (" + state + ")";
    }
}
