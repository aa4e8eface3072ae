package io.reseal.rotation.spi;

import io.reseal.rotation.alert.AlertSeverity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What people are told. Names and numbers, never a value or key material; but names may be what somebody wrote into a table, so
 * whoever shows it escapes it.
 *
 * @param id unique for good; the same when it is sent again, so that who receives it can drop the second one
 * @param level of the escalation, 1 to 4; 0 for what is not escalated; of a maintenance window, its revision
 * @param recipients addresses, where the channel takes any
 * @param alerts one, or those of the week
 */
public record AlertNotice(String id, Reason reason, int level, List<String> recipients, List<Subject> alerts) {

    public AlertNotice {
        recipients = List.copyOf(recipients);
        alerts = List.copyOf(alerts);
    }

    /** Why people are told. */
    public enum Reason {
        /** Somebody has to look at it. */
        RAISED,
        /** It is over, for those who were told that it was raised. */
        RESOLVED,
        /** What was of interest in a week. */
        DIGEST,
        /** A maintenance window is to come, was changed or called off. */
        MAINTENANCE,
        /** Whether notices get through. */
        TEST
    }

    /**
     * An alert, as it was when the notice was written; or a maintenance window, as if it were one.
     *
     * @param alert its id; 0 of what is no alert
     * @param kind the name of an {@code AlertKind}, of this release or a newer one
     */
    public record Subject(
            long alert,
            String kind,
            AlertSeverity severity,
            String subject,
            String evidence,
            String remedy,
            Instant firstSeen,
            Instant lastSeen,
            long count,
            Optional<Instant> resolved) {

        private String line() {
            return severity + " " + kind + " (" + subject + ")";
        }
    }

    /** One line, for example {@code [Reseal] level 2: CRITICAL KEY_STORE_TAMPERED (key store reseal_keystore)}. */
    public String title() {
        return "[Reseal] "
                + switch (reason) {
                    case RAISED -> (level > 1 ? "level " + level + ": " : "") + first();
                    case RESOLVED -> "resolved: " + first();
                    case DIGEST -> "this week: " + alerts.size() + " for information";
                    case MAINTENANCE -> "maintenance: " + first();
                    case TEST -> "test: " + first();
                };
    }

    private String first() {
        return alerts.stream().findFirst().map(Subject::line).orElse("");
    }

    /** Everything in plain text, for people. */
    public String text() {
        return alerts.stream().map(AlertNotice::paragraph).collect(Collectors.joining("\n\n", "", "\n\nNotice " + id));
    }

    private static String paragraph(Subject alert) {
        return (alert.alert() == 0 ? "" : "Alert " + alert.alert() + ": ") + alert.line() + "\n" + alert.evidence()
                + "\nWhat to do: "
                + alert.remedy()
                + "\nSeen " + alert.count() + " times from " + alert.firstSeen() + " to " + alert.lastSeen()
                + alert.resolved().map(end -> "\nResolved at " + end).orElse("");
    }
}
