package io.reseal.rotation.health;

import io.reseal.rotation.Health;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import java.util.Locale;
import java.util.Optional;

/**
 * What a check of {@link Health} saw. Holds names and numbers, never a value or key material.
 *
 * @param check what was looked at
 * @param alert which alert tells of it; empty if all is well
 * @param observed what was found, with its unit
 * @param threshold what would be well, with its unit
 */
public record HealthFinding(
        Check check, Optional<AlertKind> alert, AlertSubject subject, String observed, String threshold) {

    /** What is looked at. */
    public enum Check {
        /** How old the keys in use are, as a share of the interval that their policies allow. */
        KEY_AGE,
        /** Whether the key store answers, and nobody has tampered with it. */
        KEY_STORE,
        /** Whether what wraps the keys unwraps them. */
        KEY_ENCRYPTION_KEY,
        /** Whether tasks begin at their times. */
        SCHEDULER,
        /** Whether rotations are executed. */
        ROTATION_EVENTS,
        /** Whether re-encryptions go on. */
        REENCRYPTION,
        /** Whether nodes hold their leases. */
        NODES,
        /** Whether values were left as they are. */
        QUARANTINE,
        /** Whether sealed values stand where nobody re-encrypts them. */
        UNDECLARED_CIPHERTEXT,
        /** Whether what Reseal connects to is reached by TLS. */
        CONNECTION_TLS;

        /** For example {@code key age}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** All is well. */
    public static HealthFinding well(Check check, AlertSubject subject, String observed, String threshold) {
        return new HealthFinding(check, Optional.empty(), subject, observed, threshold);
    }

    /** Somebody has to know. */
    public static HealthFinding of(
            AlertKind alert, Check check, AlertSubject subject, String observed, String threshold) {
        return new HealthFinding(check, Optional.of(alert), subject, observed, threshold);
    }

    /** How soon somebody has to look; empty if all is well. */
    public Optional<AlertSeverity> level() {
        return alert.map(AlertKind::severity);
    }

    /** What to do; empty if nothing. */
    public Optional<String> remedy() {
        return alert.map(AlertKind::remedy);
    }

    /** For example {@code WARNING key age (key token_encryption version 3): 131 % of its interval; at most 125 %}. */
    @Override
    public String toString() {
        return level().map(AlertSeverity::name).orElse("well") + " " + check + " (" + subject + "): " + evidence();
    }

    /** What was found, and what would be well. */
    public String evidence() {
        return observed + "; well: " + threshold;
    }
}
