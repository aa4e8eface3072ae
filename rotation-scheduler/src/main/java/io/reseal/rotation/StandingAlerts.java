package io.reseal.rotation;

import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Alerts that stand as long as a look finds their cause: raised by it, and ended by a later one that finds it gone. */
final class StandingAlerts {

    private final Alerts alerts;

    StandingAlerts(Alerts alerts) {
        this.alerts = alerts;
    }

    private record About(AlertKind kind, AlertSubject subject) {}

    /** What is open before a look: what is raised while it goes on was seen by nobody, and is ended by a later one. */
    List<Alert> before() {
        return alerts.open();
    }

    /**
     * Raises what was found, and ends what was open before and was not found.
     *
     * @param told kinds that this look raises
     * @param seen those of them that it would have found
     */
    void tell(List<HealthFinding> findings, Set<AlertKind> told, Set<AlertKind> seen, List<Alert> before) {
        Map<About, String> found = findings.stream()
                .filter(finding -> finding.alert().filter(told::contains).isPresent())
                .collect(Collectors.toMap(
                        finding -> new About(finding.alert().orElseThrow(), finding.subject()),
                        HealthFinding::evidence,
                        (one, other) -> one + ". " + other));
        found.forEach((about, evidence) -> {
            Alert unused = alerts.raise(about.kind(), about.subject(), evidence);
        });
        before.stream()
                .filter(alert -> seen.contains(alert.kind()))
                .filter(alert -> !found.containsKey(new About(alert.kind(), alert.subject())))
                .forEach(alerts::end);
    }
}
