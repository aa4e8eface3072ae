package io.reseal.rotation.usage;

import io.reseal.keys.Direction;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is remarkable about how keys are used, or why nothing can be said about it.
 *
 * @param direction of what was done; empty if it is about both
 * @param from the beginning of what was looked at
 * @param to its end
 * @param observed what was found
 * @param usual what is usual, if anything is
 * @param threshold what {@code observed} is beyond, or falls short of
 * @param unit of the three numbers
 */
public record UsageFinding(
        What what,
        AlertSubject subject,
        Optional<Direction> direction,
        Instant from,
        Instant to,
        long observed,
        OptionalLong usual,
        long threshold,
        String unit) {

    /** What was found, and which alert tells of it. */
    public enum What {
        /** In one hour, much more than is usual in that hour of the week. */
        HIGH_USAGE(Optional.of(AlertKind.HIGH_USAGE)),
        /** In one hour, much less than is usual in that hour of the week. */
        LOW_USAGE(Optional.of(AlertKind.USAGE_CHANGED)),
        /** Nothing was done with the key for weeks. */
        UNUSED(Optional.of(AlertKind.UNUSED_KEY)),
        /** Values were sealed under a key that is out of use. */
        SEALED_UNDER_RETIRED(Optional.of(AlertKind.RETIRED_KEY_SEALED)),
        /** In one hour, many values were opened under a key whose grace is over. */
        OPENED_AFTER_GRACE(Optional.of(AlertKind.RETIRED_KEY_OPENED)),
        /** As many encryptions as a key may do are nearly reached. */
        LIMIT_NEAR(Optional.of(AlertKind.USAGE_LIMIT_NEAR)),
        /** Not enough weeks to say what is usual: hours were not judged. */
        NOT_ENOUGH_HISTORY(Optional.empty()),
        /** Values were being re-encrypted: hours were not judged. */
        REENCRYPTING(Optional.empty());

        private final Optional<AlertKind> alert;

        What(Optional<AlertKind> alert) {
            this.alert = alert;
        }

        /** The alert that tells of it; empty if none does. */
        public Optional<AlertKind> alert() {
            return alert;
        }
    }

    /** For example {@code HIGH_USAGE (key type database_encryption): 8100 values opened from … to …; usual 450, threshold 1312}. */
    @Override
    public String toString() {
        return what + " (" + subject + "): " + evidence();
    }

    /** Without what it is, and what it is about. */
    public String evidence() {
        String known = usual.isPresent() ? "usual " + usual.getAsLong() + ", threshold " : "threshold ";
        return observed + " " + unit + " from " + from + " to " + to + "; " + known + threshold;
    }
}
