package io.reseal.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * What a verification of the audit log could find at all.
 *
 * @param truncation whether what was cut off from the end of the log would be noticed
 * @param lastCheckpoint when the last one was written; what is cut off after it is noticed only if it tells of a transition
 */
public record AuditStatus(Truncation truncation, Optional<Instant> lastCheckpoint) {

    /** Whether what was cut off from the end of the log would be noticed. */
    public enum Truncation {
        /** There are checkpoints outside the database. */
        DETECTABLE("truncation detectable"),
        /** There is no checkpoint: only missing transitions are noticed, and what a later chain of the same node names. */
        NOT_DETECTABLE("truncation not detectable");

        private final String text;

        Truncation(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
