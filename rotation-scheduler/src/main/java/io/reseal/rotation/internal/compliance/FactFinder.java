package io.reseal.rotation.internal.compliance;

import io.reseal.ResealKeys;
import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditLog;
import io.reseal.audit.AuditStatus;
import io.reseal.audit.AuditVerification;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.compliance.ReportPeriod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Looks for everything that a report is made from. */
final class FactFinder {

    /** As exact as moments are stored: what happened just now is of a period that is not over. */
    static final Duration MOMENT = Duration.ofNanos(1_000);

    private final Sources sources;
    private final Jdbi jdbi;
    private final RecordEvidence records;

    FactFinder(Sources sources) {
        this.sources = sources;
        this.jdbi = sources.database().jdbi();
        this.records = new RecordEvidence(jdbi);
    }

    /** @param remembered heads of the audit log that an earlier report kept */
    Facts find(ReportPeriod wanted, Instant now, List<AuditHead> remembered) {
        Span period = new Span(wanted.from(), Span.earlier(wanted.to(), now.plus(MOMENT)));
        return new Facts(
                period,
                now,
                keys(period),
                new Facts.Work(
                        RotationEvidence.events(jdbi, period),
                        RotationEvidence.reencrypted(jdbi, period),
                        UsageEvidence.read(jdbi, period)),
                log(period, remembered),
                new Facts.Watch(
                        WatchEvidence.alerts(jdbi, period),
                        WatchEvidence.notices(jdbi, period),
                        WatchEvidence.tasks(jdbi)),
                new Facts.Data(
                        new ColumnEvidence(sources.database(), records).read(),
                        LinkEvidence.read(jdbi, period, sources.connections().get())),
                new Facts.Response(incidents(period), LogEvidence.lastDrill(jdbi, now)));
    }

    private Facts.Keys keys(Span period) {
        List<KeyRow> rows = KeyEvidence.read(jdbi);
        Map<String, List<String>> gates = records.gatesOfDestructions();
        List<Facts.Destroyed> destroyed = rows.stream()
                .filter(key ->
                        key.entered().destroyed().filter(period::contains).isPresent())
                .map(key -> new Facts.Destroyed(
                        key,
                        ProofEvidence.of(jdbi, key, key.entered().destroyed().orElseThrow()),
                        gates.getOrDefault(key.type() + "/" + key.version(), List.of())))
                .toList();
        return new Facts.Keys(rows, records.policies(), records.retentions(), destroyed);
    }

    private Facts.Log log(Span period, List<AuditHead> remembered) {
        return new Facts.Log(
                LogEvidence.steps(jdbi, period),
                LogEvidence.exceptions(jdbi, period),
                LogEvidence.counts(jdbi, period),
                records.approvedByOthers(),
                check(remembered));
    }

    private LogCheck check(List<AuditHead> remembered) {
        try (AuditLog log = ResealKeys.openAudit(sources.settings(), sources.clock())) {
            List<String> heads = log.heads().stream().map(AuditHead::text).toList();
            AuditVerification found =
                    log.verify(sources.settings().checkpoints().stream().toList(), remembered, progress -> {});
            AuditStatus status = log.status();
            return new LogCheck(
                    new LogCheck.Read(found.entries(), found.chains(), found.checkpoints()),
                    found.count(),
                    found.findings().stream().map(FactFinder::words).toList(),
                    status.truncation().toString(),
                    status.lastCheckpoint(),
                    heads);
        }
    }

    private static String words(AuditFinding finding) {
        return finding.what() + " at " + finding.chain() + " " + finding.seq() + ": " + finding.detail();
    }

    private List<IncidentReport> incidents(Span period) {
        return sources.incidents().get().stream()
                .filter(report -> report.incident().openedAt().isBefore(period.to()))
                .filter(report ->
                        report.incident().isOpen() || lastEntry(report).isAfter(period.from()))
                .toList();
    }

    private static Instant lastEntry(IncidentReport report) {
        return report.incident().timeline().stream()
                .map(entry -> entry.at())
                .reduce(report.incident().openedAt(), Span::later);
    }

    /** When the first key was made; empty if there is none. */
    Optional<Instant> begin() {
        return KeyEvidence.read(jdbi).stream()
                .map(key -> key.entered().created())
                .min(Instant::compareTo);
    }
}
