package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.internal.health.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a report is made from.
 *
 * @param period ends now, if it is not over yet
 * @param now when it was looked
 */
record Facts(Span period, Instant now, Keys keys, Work work, Log log, Watch watch, Data data, Response response) {

    /** The keys, and what is on record about them. */
    record Keys(
            List<KeyRow> rows,
            Map<String, RecordEvidence.Terms> policies,
            Map<String, Duration> retentions,
            List<Destroyed> destroyed) {}

    /** A key that was destroyed in the period. */
    record Destroyed(KeyRow key, Optional<ProofEvidence.Proved> proof, List<String> gates) {}

    /** What was done with keys. */
    record Work(List<RotationEvidence.EventRow> events, long reencrypted, List<UsageEvidence.Used> used) {}

    /** What the audit log says, and whether it is to be believed. */
    record Log(
            List<LogEvidence.Entry> steps,
            List<LogEvidence.Entry> exceptions,
            Map<String, Long> counts,
            List<String> approvedByOthers,
            LogCheck check) {}

    /** Who looked, and who was told. */
    record Watch(List<WatchEvidence.AlertRow> alerts, Map<String, Long> notices, List<WatchEvidence.TaskRow> tasks) {}

    /** How data lie and travel. */
    record Data(List<ColumnEvidence.Counted> columns, List<Connection> links) {}

    /**
     * What was done about compromised keys.
     *
     * @param incidents that were opened in the period, or open in it
     * @param drill when a person last attested that an emergency was rehearsed and a restore tried
     */
    record Response(List<IncidentReport> incidents, Optional<Instant> drill) {}

    /** The key types that had a key in the period. */
    List<String> keyTypes() {
        return keys.rows().stream()
                .filter(key -> key.entered().created().isBefore(period.to()))
                .map(KeyRow::type)
                .distinct()
                .toList();
    }

    List<KeyRow> keysOf(String type) {
        return keys.rows().stream().filter(key -> key.type().equals(type)).toList();
    }

    /** Alerts of the period and before that were raised in it. */
    List<WatchEvidence.AlertRow> raised() {
        return watch.alerts().stream()
                .filter(alert -> period.contains(alert.raised()))
                .toList();
    }
}
