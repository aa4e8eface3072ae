package io.reseal.rotation.internal.compliance;

import io.reseal.ResealSettings;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ReportPeriod;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;

/** Makes of facts what a report says. */
final class ReportMaker {

    private static final int HEADS = 500;
    private static final int FINDINGS = 20;
    private static final int TEXT = 500;

    private final ResealSettings settings;

    ReportMaker(ResealSettings settings) {
        this.settings = settings;
    }

    /** Who wants which report, and why. */
    record Order(String id, ReportPeriod period, String by, String reason) {}

    ReportDocument make(Order order, Facts facts) {
        ReportDocument plain = new ReportDocument(
                order.id(),
                settings.application(),
                settings.environment(),
                new ReportDocument.Period(
                        order.period().from(),
                        order.period().to(),
                        order.period().month().map(YearMonth::toString).orElse(""),
                        !facts.now().isBefore(order.period().to())),
                facts.now(),
                order.by(),
                order.reason(),
                ReportDocument.NOTICE,
                facts.keyTypes().stream().map(type -> adherence(facts, type)).toList(),
                RotationSummary.of(facts),
                facts.keys().destroyed().stream()
                        .map(one -> destroyed(facts, one))
                        .toList(),
                auditLog(facts.log().check()),
                exceptions(facts.log()),
                AlertSummary.of(facts),
                facts.response().incidents().stream().map(ReportMaker::incident).toList(),
                facts.work().used().stream()
                        .map(used ->
                                new ReportDocument.Usage(used.keyType(), used.version(), used.sealed(), used.opened()))
                        .toList(),
                Controls.of(facts).stream().map(ReportMaker::control).toList(),
                List.of());
        return with(plain, Recommendations.of(plain));
    }

    private static ReportDocument with(ReportDocument report, List<ReportDocument.Recommendation> recommendations) {
        return new ReportDocument(
                report.reportId(),
                report.application(),
                report.environment(),
                report.period(),
                report.generatedAt(),
                report.generatedBy(),
                report.reason(),
                report.notice(),
                report.policyAdherence(),
                report.rotations(),
                report.destroyedKeys(),
                report.auditLog(),
                report.exceptions(),
                report.alerts(),
                report.incidents(),
                report.usage(),
                report.controls(),
                recommendations);
    }

    private static ReportDocument.PolicyAdherence adherence(Facts facts, String type) {
        Instant end = facts.period().to();
        Optional<KeyRow> active = facts.keysOf(type).stream()
                .filter(key -> key.isActiveAt(end.minus(FactFinder.MOMENT)))
                .findFirst();
        Optional<RecordEvidence.Terms> policy =
                Optional.ofNullable(facts.keys().policies().get(type));
        Optional<Instant> since = active.flatMap(key -> key.entered().activated());
        Optional<Duration> age = since.map(from -> Duration.between(from, end));
        Duration overdue = policy.map(terms -> facts.keysOf(type).stream()
                        .map(key -> key.overdue(terms.age(), facts.period()))
                        .reduce(Duration.ZERO, Duration::plus))
                .orElse(Duration.ZERO);
        return new ReportDocument.PolicyAdherence(
                type,
                active.map(KeyRow::version),
                policy.map(terms -> hours(terms.age())),
                age.map(ReportMaker::hours),
                age.flatMap(one -> policy.map(terms -> KeyControls.share(one, terms))),
                policy.map(terms -> KeyControls.percent(facts, type, terms)),
                hours(overdue),
                since.flatMap(from -> policy.map(terms -> from.plus(terms.age()))),
                active.map(KeyRow::reserved).orElse(0L),
                policy.map(RecordEvidence.Terms::usageLimit));
    }

    /** With one digit after the point. */
    static double hours(Duration duration) {
        return Math.round(duration.toSeconds() / 360.0) / 10.0;
    }

    private static ReportDocument.DestroyedKey destroyed(Facts facts, Facts.Destroyed destroyed) {
        KeyRow key = destroyed.key();
        Instant at = key.entered().destroyed().orElseThrow();
        return new ReportDocument.DestroyedKey(
                key.type(),
                key.version(),
                at,
                RecordEvidence.longest(facts.keys().retentions()).map(at::plus),
                !key.isWrapped(),
                destroyed
                        .proof()
                        .map(proof -> new ReportDocument.ProofLine(
                                proof.id(),
                                proof.strength(),
                                proof.takenAt(),
                                proof.columns(),
                                proof.remaining(),
                                proof.total())),
                destroyed.gates());
    }

    private static ReportDocument.AuditLog auditLog(LogCheck check) {
        return new ReportDocument.AuditLog(
                check.isClean(),
                check.read().entries(),
                check.read().chains(),
                check.read().checkpoints(),
                check.findings(),
                check.shown().stream().limit(FINDINGS).toList(),
                check.truncation(),
                check.lastCheckpoint(),
                check.heads().stream().limit(HEADS).toList(),
                Math.max(0, check.heads().size() - HEADS));
    }

    private static ReportDocument.Exceptions exceptions(Facts.Log log) {
        return new ReportDocument.Exceptions(
                log.counts(),
                log.exceptions().stream()
                        .map(entry -> new ReportDocument.ExceptionLine(
                                entry.at(),
                                entry.action(),
                                entry.subject(),
                                entry.actor(),
                                cut(entry.reason()),
                                cut(entry.detail())))
                        .toList());
    }

    private static String cut(String text) {
        return text.length() <= TEXT ? text : text.substring(0, TEXT) + " …";
    }

    private static ReportDocument.Incident incident(IncidentReport report) {
        return new ReportDocument.Incident(
                report.incident().key().type().name(),
                report.incident().key().version(),
                report.incident().openedAt(),
                report.incident().openedBy().toString(),
                report.incident().reason(),
                report.incident().isOpen(),
                report.steps().stream()
                        .filter(step -> ResponseControls.isLate(step.standing()))
                        .map(step -> step.step() + " " + step.standing())
                        .toList(),
                report.missing());
    }

    static ReportDocument.ControlLine control(ControlFinding finding) {
        return new ReportDocument.ControlLine(
                finding.control().name(),
                finding.control().framework(),
                finding.control().reference(),
                finding.control().officialTitle(),
                finding.control().successor(),
                finding.control().manualWording(),
                finding.control().note(),
                finding.control().scope(),
                finding.result().name(),
                finding.reason(),
                finding.facts(),
                finding.evidence(),
                finding.at());
    }
}
