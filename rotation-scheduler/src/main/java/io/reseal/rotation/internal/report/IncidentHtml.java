package io.reseal.rotation.internal.report;

import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedColumn;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.reencryption.Proof;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An incident as one page to read and to print. */
public final class IncidentHtml {

    private final HtmlPage page;

    private IncidentHtml(IncidentReport report) {
        page = new HtmlPage(
                "Incident: the key " + report.incident().key(),
                text -> text.equals("OVERDUE") || text.equals("DONE_LATE"));
    }

    /** Flushes {@code to} and leaves it open. */
    public static void write(IncidentReport report, Writer to) throws IOException {
        to.write(new IncidentHtml(report).page(report));
        to.flush();
    }

    private String page(IncidentReport report) {
        Incident incident = report.incident();
        page.notice(IncidentReport.FORGERY_NOTICE);
        page.notice(IncidentReport.SCOPE_NOTICE);
        summary(report);
        missing(report.missing());
        steps(report);
        incident.response().affected().ifPresent(this::affected);
        report.run().ifPresent(this::run);
        report.proof().ifPresent(this::proof);
        notifications(incident);
        timeline(incident);
        return page.end();
    }

    private void summary(IncidentReport report) {
        Incident incident = report.incident();
        page.table(
                List.of("", ""),
                List.of(
                        List.of("State", incident.isOpen() ? "open" : "closed"),
                        List.of("Opened", incident.openedAt() + " by " + incident.openedBy()),
                        List.of("Reason", incident.reason()),
                        List.of("Key", incident.key() + " is " + report.state()),
                        List.of("Sealing now", text(incident.response().successor())),
                        List.of(
                                "No node sealed under the key any more",
                                text(incident.response().effectiveAt())
                                        + incident.effectiveAfter()
                                                .map(IncidentHtml::after)
                                                .orElse("")),
                        List.of("This page shows", report.at().toString())));
    }

    private static String after(Duration duration) {
        return String.format(Locale.ROOT, ", %.1f s after the call", duration.toMillis() / 1000.0);
    }

    private void missing(List<String> missing) {
        if (!missing.isEmpty()) {
            page.heading("Missing to close it");
            page.table(List.of(""), missing.stream().map(List::of).toList());
        }
    }

    private void steps(IncidentReport report) {
        page.heading("Steps");
        page.table(
                List.of("Time box", "Step", "Standing", "Due", "Done", "Evidence"),
                report.steps().stream()
                        .map(step -> List.of(
                                words(step.step().box()),
                                words(step.step()),
                                step.standing().name(),
                                step.due().toString(),
                                text(step.done()),
                                step.evidence()))
                        .toList());
    }

    private void affected(Affected affected) {
        page.heading("Affected: " + affected + ", counted at " + affected.countedAt());
        page.table(
                List.of("Table", "Rows", "Owners", "Values by column", "Not counted"),
                affected.tables().stream()
                        .map(table -> List.of(
                                table.name(),
                                Long.toString(table.rows()),
                                text(table.owners()),
                                values(table.columns()),
                                table.problem()))
                        .toList());
    }

    private static String values(List<AffectedColumn> columns) {
        return columns.stream()
                .map(column -> column.column() + ": " + column.values())
                .collect(Collectors.joining(", "));
    }

    private void run(IncidentReport.RunReport run) {
        page.heading("Re-encryption: " + run.id() + " is " + run.state()
                + run.failure().map(why -> " because " + why).orElse(""));
        page.table(
                List.of("Table", "Changed", "Changed by the application before", "Left as they are", "Ranges done"),
                run.tables().stream()
                        .map(table -> List.of(
                                table.schema().map(schema -> schema + ".").orElse("") + table.table(),
                                Long.toString(table.changed()),
                                Long.toString(table.superseded()),
                                Long.toString(table.quarantined()),
                                table.rangesDone() + " of " + table.rangesTotal()))
                        .toList());
    }

    private void proof(Proof proof) {
        page.heading("Proof: " + proof.strength() + ", of " + proof.takenAt() + ", "
                + (proof.holds() ? "holds" : "does not hold"));
        page.table(
                List.of("Column", "Values under the key", "Values"),
                proof.columns().stream()
                        .map(column -> List.of(
                                column.table() + "." + column.column(),
                                Long.toString(column.remaining()),
                                Long.toString(column.values())))
                        .toList());
        page.table(
                List.of("It assumes that"),
                proof.assumptions().stream().map(List::of).toList());
        if (proof.isVoid()) {
            page.table(
                    List.of("It is void because"),
                    proof.voidedBecause().stream().map(List::of).toList());
        }
    }

    private void notifications(Incident incident) {
        page.heading("Who was told");
        page.table(
                List.of("When", "Whom", "On account of", "How", "Recorded by"),
                incident.notifications().stream()
                        .map(told -> List.of(
                                told.notification().at().toString(),
                                told.notification().whom(),
                                words(told.notification().audience()),
                                told.notification().channel(),
                                told.by() + ", " + told.recordedAt()))
                        .toList());
    }

    private void timeline(Incident incident) {
        page.heading("Timeline");
        page.table(
                List.of("When", "Who", "What", "Text"),
                incident.timeline().stream()
                        .map(entry -> List.of(
                                entry.at().toString(),
                                entry.actor(),
                                words(entry.kind())
                                        + entry.step()
                                                .map(step -> ": " + words(step))
                                                .orElse(""),
                                entry.text()))
                        .toList());
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(Optional<?> value) {
        return value.map(Object::toString).orElse("");
    }
}
