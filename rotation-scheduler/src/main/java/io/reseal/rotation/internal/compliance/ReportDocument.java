package io.reseal.rotation.internal.compliance;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a report says: stored as JSON, with these names in snake case, and the other forms are made of it. Names stay; hours are hours, and
 * shares are of 100.
 *
 * @param notice what it is not
 */
record ReportDocument(
        String reportId,
        String application,
        String environment,
        Period period,
        Instant generatedAt,
        String generatedBy,
        String reason,
        String notice,
        List<PolicyAdherence> policyAdherence,
        Rotations rotations,
        List<DestroyedKey> destroyedKeys,
        AuditLog auditLog,
        Exceptions exceptions,
        Alerts alerts,
        List<Incident> incidents,
        List<Usage> usage,
        List<ControlLine> controls,
        List<Recommendation> recommendations) {

    static final String NOTICE =
            "The findings support evidence for the controls named, each as far as its scope goes. They are no opinion on"
                    + " them, and an auditor may come to another one.";

    /**
     * @param to the first moment after it
     * @param month empty if it is no calendar month
     * @param complete whether it was over when the report was made
     */
    record Period(Instant from, Instant to, String month, boolean complete) {}

    /**
     * Ages are as of the end of the period, or of now if that is not over.
     *
     * @param overdueHours for how long keys sealed in the period that were older than their interval
     * @param encryptionsReserved as of when the report was made
     */
    record PolicyAdherence(
            String keyType,
            Optional<Integer> activeVersion,
            Optional<Double> intervalHours,
            Optional<Double> ageHours,
            Optional<Long> agePercent,
            Optional<Long> greatestAgePercent,
            double overdueHours,
            Optional<Instant> nextDue,
            long encryptionsReserved,
            Optional<Long> encryptionsAllowed) {}

    /**
     * @param ended the denominator of the success rate: completed and failed
     * @param successRate of 1; empty if none ended
     * @param keysActivated successors by the table of keys, whoever asked for them
     */
    record Rotations(
            long scheduled,
            long completed,
            long failed,
            long cancelled,
            long open,
            long forced,
            long emergency,
            long ended,
            Optional<Double> successRate,
            long keysActivated,
            long rowsReencrypted,
            List<RotationLine> events) {}

    /** @param trigger {@code policy}, {@code person}, or {@code forced} by a person */
    record RotationLine(
            String eventId,
            String keyType,
            int replaces,
            Optional<Integer> successor,
            String state,
            String trigger,
            String requestedBy,
            String reason,
            Instant requestedAt,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            Optional<Long> durationSeconds,
            long rowsReencrypted,
            long rowsLeft,
            int attempts,
            Optional<String> failure) {}

    /** @param erasedEffectiveAt when the last copy that people have declared is gone; empty while none is declared */
    record DestroyedKey(
            String keyType,
            int version,
            Instant destroyedAt,
            Optional<Instant> erasedEffectiveAt,
            boolean materialErased,
            Optional<ProofLine> proof,
            List<String> gates) {}

    record ProofLine(
            long proofId, String strength, Instant takenAt, long columns, long valuesLeft, long valuesCounted) {}

    /** @param heads the ends of all chains, and how many are left out */
    record AuditLog(
            boolean verified,
            long entries,
            int chains,
            long checkpoints,
            long findings,
            List<String> firstFindings,
            String truncation,
            Optional<Instant> lastCheckpoint,
            List<String> heads,
            long headsLeftOut) {}

    /** @param countsByAction of all; the list is cut after the first */
    record Exceptions(Map<String, Long> countsByAction, List<ExceptionLine> entries) {}

    record ExceptionLine(Instant at, String action, String subject, String actor, String reason, String detail) {}

    record Alerts(List<SeverityLine> bySeverity, List<KindLine> byKind) {}

    record SeverityLine(
            String severity,
            long raised,
            long acknowledged,
            long over,
            long open,
            Optional<Long> medianSecondsToAcknowledgement,
            Optional<Long> longestSecondsToAcknowledgement) {}

    record KindLine(String kind, String severity, long raised, long occurrences) {}

    record Incident(
            String keyType,
            int version,
            Instant openedAt,
            String openedBy,
            String reason,
            boolean open,
            List<String> lateSteps,
            List<String> missing) {}

    record Usage(String keyType, int version, long sealed, long opened) {}

    record ControlLine(
            String control,
            String framework,
            String reference,
            String officialTitle,
            String successor,
            String manualWording,
            String note,
            String scope,
            String result,
            String reason,
            List<String> facts,
            List<String> evidence,
            Instant at) {}

    /** @param fact why */
    record Recommendation(String recommendation, String fact) {}
}
