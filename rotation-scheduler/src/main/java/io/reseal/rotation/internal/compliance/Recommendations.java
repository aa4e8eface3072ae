package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.internal.compliance.ReportDocument.Recommendation;
import java.util.ArrayList;
import java.util.List;

/** What to do, each because of a fact of the report. */
final class Recommendations {

    private static final int NEAR = 80;

    private final ReportDocument report;
    private final List<Recommendation> all = new ArrayList<>();

    private Recommendations(ReportDocument report) {
        this.report = report;
    }

    static List<Recommendation> of(ReportDocument report) {
        Recommendations recommendations = new Recommendations(report);
        recommendations.keys();
        recommendations.rotations();
        recommendations.people();
        recommendations.evidence();
        return List.copyOf(recommendations.all);
    }

    private void add(boolean applies, String recommendation, String fact) {
        if (applies) {
            all.add(new Recommendation(recommendation, fact));
        }
    }

    private void keys() {
        for (ReportDocument.PolicyAdherence line : report.policyAdherence()) {
            add(
                    line.overdueHours() > 24,
                    "Find out why the keys of " + line.keyType() + " are not rotated in time",
                    line.keyType() + " was overdue for " + line.overdueHours() + " h");
            long share = line.encryptionsAllowed()
                    .map(allowed -> line.encryptionsReserved() * 100.0 / allowed)
                    .orElse(0.0)
                    .longValue();
            add(
                    share >= NEAR,
                    "Rotate " + line.keyType() + " before its usage limit",
                    line.encryptionsReserved() + " encryptions are reserved, " + share
                            + " % of what the policy allows");
        }
        report.destroyedKeys().stream()
                .filter(key -> key.erasedEffectiveAt().isEmpty())
                .findFirst()
                .ifPresent(key -> add(
                        true,
                        "Declare how long copies of the databases are kept",
                        "nobody knows when " + key.keyType() + " version " + key.version() + " is gone from them"));
    }

    private void rotations() {
        ReportDocument.Rotations rotations = report.rotations();
        add(
                rotations.failed() > 0,
                "Mend what stopped the failed rotations, and have them tried again",
                rotations.failed() + " of " + rotations.ended() + " rotations failed");
        long left = rotations.events().stream()
                .mapToLong(ReportDocument.RotationLine::rowsLeft)
                .sum();
        add(left > 0, "Look into the values that did not open", left + " values were left under replaced keys");
    }

    private void people() {
        report.incidents().stream()
                .filter(ReportDocument.Incident::open)
                .forEach(incident -> add(
                        true,
                        "Bring the incident of " + incident.keyType() + " version " + incident.version()
                                + " to its end",
                        "it is open, and lacks: " + String.join(", ", incident.missing())));
        report.alerts().bySeverity().stream()
                .filter(line -> line.open() > 0 && !line.severity().equals("INFORMATION"))
                .forEach(line -> add(
                        true,
                        "Work off the open alerts",
                        line.open() + " of severity " + line.severity() + " are open"));
    }

    private void evidence() {
        ReportDocument.AuditLog log = report.auditLog();
        add(
                !log.verified(),
                "Find out who wrote to the audit log, and compare it with backups and checkpoints",
                log.findings() + " places are not as they were written");
        add(
                log.lastCheckpoint().isEmpty(),
                "Have checkpoints written outside the database (reseal.audit.checkpoints)",
                "there is none: " + log.truncation());
        report.controls().stream()
                .filter(control -> !control.result().equals("MET"))
                .forEach(control -> add(
                        true,
                        "See to what " + control.reference() + " lacks",
                        control.result() + ": " + control.reason()));
    }
}
