package io.reseal.rotation.compliance;

import java.time.Instant;

/**
 * A stored report, without what it says.
 *
 * @param id {@code kr_report_} and the month, or random digits of one that a person asked for
 * @param generatedBy the person, or {@code reseal}
 * @param sha256 of its JSON in UTF-8, in hexadecimal digits, as the audit log has it
 */
public record ComplianceReport(
        String id, ReportPeriod period, Instant generatedAt, String generatedBy, String reason, String sha256) {}
