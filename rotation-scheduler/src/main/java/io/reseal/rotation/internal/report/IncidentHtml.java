package io.reseal.rotation.internal.report;

import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedColumn;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.Proof;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An incident as one page to read and to print: no scripts, nothing loaded from elsewhere. */
public final class IncidentHtml {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>TITLE</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
            table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
            th, td { border: 1px solid #bbb; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
            th { background: #f0f0f0 }
            .notice { border-left: .4rem solid #b00020; background: #fdf0f1; padding: .6rem 1rem }
            .OVERDUE, .DONE_LATE { color: #b00020; font-weight: bold }
            @media print { body { margin: 0; max-width: none } tr, .notice { break-inside: avoid } thead { display: table-header-group } }
            </style>
            </head>
            <body>
            <h1>TITLE</h1>
            """;

    private final StringBuilder page = new StringBuilder();

    private IncidentHtml() {}

    /** Flushes {@code to} and leaves it open. */
    public static void write(IncidentReport report, Writer to) throws IOException {
        to.write(new IncidentHtml().page(report));
        to.flush();
    }

    private String page(IncidentReport report) {
        Incident incident = report.incident();
        page.append(HEAD.replace("TITLE", escaped("Incident: the key " + incident.key())));
        notice(IncidentReport.FORGERY_NOTICE);
        notice(IncidentReport.SCOPE_NOTICE);
        summary(report);
        missing(report.missing());
        steps(report);
        incident.response().affected().ifPresent(this::affected);
        report.run().ifPresent(this::run);
        report.proof().ifPresent(this::proof);
        notifications(incident);
        timeline(incident);
        return page.append("</body>\n</html>\n").toString();
    }

    private void summary(IncidentReport report) {
        Incident incident = report.incident();
        table(
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
            heading("Missing to close it");
            table(List.of(""), missing.stream().map(List::of).toList());
        }
    }

    private void steps(IncidentReport report) {
        heading("Steps");
        table(
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
        heading("Affected: " + affected + ", counted at " + affected.countedAt());
        table(
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
        heading("Re-encryption: " + run.id() + " is " + run.state()
                + run.failure().map(why -> " because " + why).orElse(""));
        table(
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
        heading("Proof: " + proof.strength() + ", of " + proof.takenAt() + ", "
                + (proof.holds() ? "holds" : "does not hold"));
        table(
                List.of("Column", "Values under the key", "Values"),
                proof.columns().stream()
                        .map(column -> List.of(
                                column.table() + "." + column.column(),
                                Long.toString(column.remaining()),
                                Long.toString(column.values())))
                        .toList());
        table(
                List.of("It assumes that"),
                proof.assumptions().stream().map(List::of).toList());
        if (proof.isVoid()) {
            table(
                    List.of("It is void because"),
                    proof.voidedBecause().stream().map(List::of).toList());
        }
    }

    private void notifications(Incident incident) {
        heading("Who was told");
        table(
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
        heading("Timeline");
        table(
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

    private void heading(String text) {
        page.append("<h2>").append(escaped(text)).append("</h2>\n");
    }

    private void notice(String text) {
        page.append("<p class=\"notice\">").append(escaped(text)).append("</p>\n");
    }

    private void table(List<String> head, List<List<String>> rows) {
        page.append("<table>\n<thead><tr>");
        head.forEach(cell -> page.append("<th>").append(escaped(cell)).append("</th>"));
        page.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            page.append("<tr>");
            row.forEach(this::cell);
            page.append("</tr>\n");
        }
        page.append("</tbody>\n</table>\n");
    }

    private void cell(String text) {
        boolean isLate = text.equals("OVERDUE") || text.equals("DONE_LATE");
        page.append(isLate ? "<td class=\"" + text + "\">" : "<td>")
                .append(escaped(text))
                .append("</td>");
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(Optional<?> value) {
        return value.map(Object::toString).orElse("");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
