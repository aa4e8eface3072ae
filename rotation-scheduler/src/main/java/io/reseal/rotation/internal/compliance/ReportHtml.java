package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.internal.report.BarChart;
import io.reseal.rotation.internal.report.HtmlPage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** A report as one page to read and to print. */
final class ReportHtml {

    private final ReportDocument report;
    private final HtmlPage page;

    ReportHtml(ReportDocument report) {
        this.report = report;
        String period = report.period().month().isEmpty()
                ? report.period().from() + " to " + report.period().to()
                : report.period().month();
        page = new HtmlPage("Key rotation, compliance report: " + period, text -> text.equals("NOT MET"));
    }

    String page() {
        summary();
        controls();
        recommendations();
        adherence();
        rotations();
        destroyed();
        auditLog();
        alerts();
        incidents();
        usage();
        exceptions();
        evidence();
        return page.end();
    }

    private void summary() {
        page.notice(report.notice());
        page.table(
                List.of("", ""),
                List.of(
                        List.of("Report", report.reportId()),
                        List.of("Application, environment", report.application() + ", " + report.environment()),
                        List.of(
                                "Period",
                                "from " + report.period().from() + " until before "
                                        + report.period().to()
                                        + (report.period().complete() ? "" : ", which is not over")),
                        List.of("Made", report.generatedAt() + " by " + report.generatedBy()),
                        List.of("Reason", report.reason())));
    }

    private void controls() {
        page.heading("Controls");
        page.table(
                List.of("Control", "Title", "Result", "Why", "Speaks of"),
                report.controls().stream()
                        .map(control -> List.of(
                                control.reference() + ", " + control.framework(),
                                control.officialTitle() + lead(". Now ", control.successor()),
                                control.result().replace('_', ' '),
                                control.reason(),
                                control.scope()))
                        .toList());
    }

    private void recommendations() {
        page.heading("Recommendations");
        page.table(
                List.of("What to do", "Because"),
                report.recommendations().stream()
                        .map(one -> List.of(one.recommendation(), one.fact()))
                        .toList());
    }

    private void adherence() {
        page.heading("Policies");
        page.chart(new BarChart(
                "Age of the active key, in percent of its interval",
                "%",
                report.policyAdherence().stream()
                        .map(line -> new BarChart.Bar(
                                line.keyType(), line.agePercent().orElse(0L)))
                        .toList(),
                OptionalDouble.of(100)));
        page.chart(new BarChart(
                "Overdue in the period",
                "h",
                report.policyAdherence().stream()
                        .map(line -> new BarChart.Bar(line.keyType(), line.overdueHours()))
                        .toList(),
                OptionalDouble.empty()));
        page.table(
                List.of(
                        "Key type",
                        "Active",
                        "Interval (h)",
                        "Age (h)",
                        "Greatest age (%)",
                        "Overdue (h)",
                        "Next due",
                        "Encryptions reserved, allowed"),
                report.policyAdherence().stream()
                        .map(line -> List.of(
                                line.keyType(),
                                text(line.activeVersion()),
                                text(line.intervalHours()),
                                text(line.ageHours()),
                                text(line.greatestAgePercent()),
                                Double.toString(line.overdueHours()),
                                text(line.nextDue()),
                                line.encryptionsReserved() + ", " + text(line.encryptionsAllowed())))
                        .toList());
    }

    private void rotations() {
        ReportDocument.Rotations rotations = report.rotations();
        page.heading("Rotations");
        page.chart(new BarChart(
                "Rotations",
                "",
                List.of(
                        new BarChart.Bar("scheduled", rotations.scheduled()),
                        new BarChart.Bar("completed", rotations.completed()),
                        new BarChart.Bar("failed", rotations.failed()),
                        new BarChart.Bar("cancelled", rotations.cancelled()),
                        new BarChart.Bar("open", rotations.open()),
                        new BarChart.Bar("forced", rotations.forced()),
                        new BarChart.Bar("emergencies", rotations.emergency())),
                OptionalDouble.empty()));
        page.paragraph("Success rate: "
                + rotations
                        .successRate()
                        .map(rate ->
                                String.format(Locale.ROOT, "%.2f %% of %d that ended", rate * 100, rotations.ended()))
                        .orElse("none ended")
                + ". Keys that became active in the place of others: " + rotations.keysActivated()
                + ". Rows re-encrypted: " + rotations.rowsReencrypted() + ".");
        page.table(
                List.of("Event", "Key", "State", "Asked for", "Began, ended", "Seconds", "Rows", "Failure"),
                rotations.events().stream().map(ReportHtml::event).toList());
    }

    private static List<String> event(ReportDocument.RotationLine line) {
        return List.of(
                line.eventId(),
                line.keyType() + " version " + line.replaces() + " to " + text(line.successor()),
                line.state(),
                line.trigger() + ", " + line.requestedBy() + ", " + line.requestedAt() + ": " + line.reason(),
                text(line.startedAt()) + ", " + text(line.endedAt()),
                text(line.durationSeconds()),
                line.rowsReencrypted() + lead(", left: ", line.rowsLeft() == 0 ? "" : Long.toString(line.rowsLeft())),
                text(line.failure()));
    }

    private void destroyed() {
        page.heading("Destroyed keys");
        page.table(
                List.of("Key", "Destroyed", "Gone from the last copy", "Material erased", "Proof", "Gates"),
                report.destroyedKeys().stream()
                        .map(key -> List.of(
                                key.keyType() + " version " + key.version(),
                                key.destroyedAt().toString(),
                                key.erasedEffectiveAt().map(Object::toString).orElse("nobody has declared the copies"),
                                key.materialErased() ? "yes" : "NO",
                                key.proof().map(ReportHtml::proof).orElse("none"),
                                String.join("; ", key.gates())))
                        .toList());
    }

    private static String proof(ReportDocument.ProofLine proof) {
        return proof.strength() + " proof " + proof.proofId() + " of " + proof.takenAt() + ": " + proof.valuesLeft()
                + " of " + proof.valuesCounted() + " values left in " + proof.columns() + " columns";
    }

    private void auditLog() {
        ReportDocument.AuditLog log = report.auditLog();
        page.heading("Audit log");
        page.table(
                List.of("", ""),
                List.of(
                        List.of("Verification", log.verified() ? "nothing found" : log.findings() + " places found"),
                        List.of(
                                "Read",
                                log.entries() + " entries, " + log.chains() + " chains, " + log.checkpoints()
                                        + " checkpoints"),
                        List.of("Found first", String.join("; ", log.firstFindings())),
                        List.of("Truncation", log.truncation() + ", last checkpoint: " + text(log.lastCheckpoint())),
                        List.of(
                                "Ends of the chains",
                                String.join(" ", log.heads())
                                        + (log.headsLeftOut() == 0 ? "" : " and " + log.headsLeftOut() + " more"))));
    }

    private void alerts() {
        page.heading("Alerts");
        page.chart(new BarChart(
                "Alerts raised in the period",
                "",
                report.alerts().bySeverity().stream()
                        .map(line -> new BarChart.Bar(line.severity().toLowerCase(Locale.ROOT), line.raised()))
                        .toList(),
                OptionalDouble.empty()));
        page.table(
                List.of(
                        "Severity",
                        "Raised",
                        "Acknowledged",
                        "Over",
                        "Open",
                        "Seconds to acknowledgement: median, longest"),
                report.alerts().bySeverity().stream()
                        .map(line -> List.of(
                                line.severity(),
                                Long.toString(line.raised()),
                                Long.toString(line.acknowledged()),
                                Long.toString(line.over()),
                                Long.toString(line.open()),
                                text(line.medianSecondsToAcknowledgement()) + ", "
                                        + text(line.longestSecondsToAcknowledgement())))
                        .toList());
        page.table(
                List.of("Kind", "Severity", "Raised", "Occurrences"),
                report.alerts().byKind().stream()
                        .map(line -> List.of(
                                line.kind(),
                                line.severity(),
                                Long.toString(line.raised()),
                                Long.toString(line.occurrences())))
                        .toList());
    }

    private void incidents() {
        page.heading("Incidents");
        page.table(
                List.of("Key", "Opened", "Reason", "State", "Late or overdue", "Missing to close it"),
                report.incidents().stream()
                        .map(incident -> List.of(
                                incident.keyType() + " version " + incident.version(),
                                incident.openedAt() + " by " + incident.openedBy(),
                                incident.reason(),
                                incident.open() ? "open" : "closed",
                                String.join(", ", incident.lateSteps()),
                                String.join("; ", incident.missing())))
                        .toList());
    }

    private void usage() {
        page.heading("Use of keys");
        page.table(
                List.of("Key", "Values sealed", "Values opened"),
                report.usage().stream()
                        .map(line -> List.of(
                                line.keyType() + " version " + line.version(),
                                Long.toString(line.sealed()),
                                Long.toString(line.opened())))
                        .toList());
    }

    private void exceptions() {
        page.heading("Exceptions, refusals and decisions of people");
        page.table(
                List.of("Action", "Times"),
                report.exceptions().countsByAction().entrySet().stream()
                        .map(count -> List.of(count.getKey(), Long.toString(count.getValue())))
                        .toList());
        page.table(
                List.of("When", "Who", "What", "To what", "Reason", "Detail"),
                report.exceptions().entries().stream()
                        .map(line -> List.of(
                                line.at().toString(),
                                line.actor(),
                                line.action(),
                                line.subject(),
                                line.reason(),
                                line.detail()))
                        .toList());
    }

    private void evidence() {
        page.heading("Where the findings come from");
        page.table(
                List.of("Control", "Worded in the manual", "Observed", "Looked at", "When"),
                report.controls().stream()
                        .map(control -> List.of(
                                control.reference(),
                                control.manualWording() + lead(". ", control.note()),
                                String.join("; ", control.facts()),
                                String.join(
                                        "; ",
                                        control.evidence().stream()
                                                .map(String::strip)
                                                .toList()),
                                control.at().toString()))
                        .toList());
    }

    private static String lead(String before, String text) {
        return Stream.of(text)
                .filter(one -> !one.isEmpty())
                .map(before::concat)
                .findFirst()
                .orElse("");
    }

    private static String text(Optional<?> value) {
        return value.map(Object::toString).orElse("");
    }
}
