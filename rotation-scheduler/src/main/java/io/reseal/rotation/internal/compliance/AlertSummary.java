package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.internal.compliance.WatchEvidence.AlertRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The alerts of a period in numbers. */
final class AlertSummary {

    private AlertSummary() {}

    static ReportDocument.Alerts of(Facts facts) {
        List<AlertRow> raised = facts.raised();
        Map<String, List<AlertRow>> kinds =
                raised.stream().collect(Collectors.groupingBy(AlertRow::kind, TreeMap::new, Collectors.toList()));
        return new ReportDocument.Alerts(
                Stream.of(AlertSeverity.values())
                        .map(severity -> severity(severity.name(), raised))
                        .toList(),
                kinds.entrySet().stream()
                        .map(kind -> new ReportDocument.KindLine(
                                kind.getKey(),
                                kind.getValue().get(0).severity(),
                                kind.getValue().size(),
                                kind.getValue().stream()
                                        .mapToLong(AlertRow::occurrences)
                                        .sum()))
                        .toList());
    }

    private static ReportDocument.SeverityLine severity(String severity, List<AlertRow> raised) {
        List<AlertRow> alerts = raised.stream()
                .filter(alert -> alert.severity().equals(severity))
                .toList();
        List<Long> seconds = alerts.stream()
                .flatMap(alert ->
                        alert
                                .acknowledged()
                                .map(at -> Duration.between(alert.raised(), at).toSeconds())
                                .stream())
                .sorted()
                .toList();
        return new ReportDocument.SeverityLine(
                severity,
                alerts.size(),
                seconds.size(),
                alerts.stream().filter(alert -> alert.resolved().isPresent()).count(),
                alerts.stream().filter(alert -> alert.resolved().isEmpty()).count(),
                seconds.isEmpty() ? Optional.empty() : Optional.of(seconds.get(seconds.size() / 2)),
                seconds.isEmpty() ? Optional.empty() : Optional.of(seconds.get(seconds.size() - 1)));
    }
}
