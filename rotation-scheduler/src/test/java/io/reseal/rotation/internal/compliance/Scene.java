package io.reseal.rotation.internal.compliance;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.Authority;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.IncidentStep;
import io.reseal.rotation.StepReport;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.internal.health.Connection;
import io.reseal.rotation.internal.health.Connection.Protection;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Facts of a month in which everything was as it should be; a test changes one. */
final class Scene {

    static final Instant BEGIN = Instant.parse("2037-01-01T00:00:00Z");
    static final Instant END = Instant.parse("2037-02-01T00:00:00Z");
    static final KeyId OLD = new KeyId(KeyType.DATABASE_ENCRYPTION, 1);
    static final Instant DESTROYED = BEGIN.plus(Duration.ofDays(20));

    Instant now = END.plus(Duration.ofHours(2));
    final List<KeyRow> keys = new ArrayList<>();
    final Map<String, RecordEvidence.Terms> policies = new TreeMap<>();
    final List<Facts.Destroyed> destroyed = new ArrayList<>();
    final List<LogEvidence.Entry> steps = new ArrayList<>();
    final List<String> approved = new ArrayList<>();
    long tampered;
    final List<WatchEvidence.AlertRow> alerts = new ArrayList<>();
    final Map<String, Long> notices = new TreeMap<>();
    final List<WatchEvidence.TaskRow> tasks = new ArrayList<>();
    final List<ColumnEvidence.Counted> columns = new ArrayList<>();
    final List<Connection> links = new ArrayList<>();
    final List<RotationEvidence.EventRow> events = new ArrayList<>();
    final List<IncidentReport> incidents = new ArrayList<>();
    Optional<Instant> drill = Optional.of(END.minus(Duration.ofDays(30)));

    Scene() {
        policies.put("database_encryption", new RecordEvidence.Terms("P180D", "P90D", "", 1_000, 2));
        KeyRow old =
                key(1, "DESTROYED", BEGIN.minus(Duration.ofDays(200)), BEGIN.minus(Duration.ofDays(20)), DESTROYED);
        keys.add(old);
        keys.add(key(2, "ACTIVE", BEGIN.minus(Duration.ofDays(20)), null, null));
        destroyed.add(new Facts.Destroyed(old, Optional.of(proof(0)), List.of("grace: met")));
        steps.add(step("promote", "database_encryption version 2", "reseal", BEGIN));
        steps.add(step("destroy", "database_encryption version 1", "sso:1001", DESTROYED));
        approved.add("a1");
        tasks.add(new WatchEvidence.TaskRow(
                ScheduledTask.KEY_ROTATION_ALERTS.taskName(), now.minus(Duration.ofMinutes(1)), false, 0));
        tasks.add(new WatchEvidence.TaskRow(
                ScheduledTask.KEY_ROTATION_HEALTH_CHECK.taskName(), now.minus(Duration.ofHours(2)), false, 0));
        tasks.add(new WatchEvidence.TaskRow(
                ScheduledTask.KEY_USAGE_MONITORING.taskName(), now.minus(Duration.ofHours(2)), false, 0));
        alerts.add(alert("ROTATION_FAILED", "CRITICAL", Optional.of(BEGIN.plus(Duration.ofMinutes(80)))));
        columns.add(new ColumnEvidence.Counted("note.body", 7, 7, Optional.empty()));
        links.add(link(Protection.PROTECTED, "TLS, TLSv1.3"));
        notices.put("SENT", 3L);
    }

    static Connection link(Protection protection, String found) {
        return new Connection(AlertSubject.connection("database of the key store"), protection, found, "pg_stat_ssl");
    }

    static KeyRow key(int version, String state, Instant from, @Nullable Instant to, @Nullable Instant destroyed) {
        return new KeyRow(
                "database_encryption",
                version,
                state,
                new KeyRow.Entered(
                        from,
                        Optional.of(from),
                        Optional.ofNullable(to),
                        Optional.empty(),
                        Optional.ofNullable(destroyed)),
                destroyed == null,
                10);
    }

    static ProofEvidence.Proved proof(long remaining) {
        return new ProofEvidence.Proved(3, "HARD", DESTROYED.minus(Duration.ofHours(1)), 1, remaining, 7);
    }

    static LogEvidence.Entry step(String action, String subject, String actor, Instant at) {
        return new LogEvidence.Entry(
                at,
                actor,
                action,
                subject,
                "over",
                "asked for by sso:1001, approved by sso:1002, request a1, sha-256 00");
    }

    /** Raised half an hour after the begin of the month. */
    static WatchEvidence.AlertRow alert(String kind, String severity, Optional<Instant> acknowledged) {
        return new WatchEvidence.AlertRow(
                kind, severity, "key_store ", 1, BEGIN.plus(Duration.ofMinutes(30)), acknowledged, Optional.empty());
    }

    Facts facts() {
        return new Facts(
                new Span(BEGIN, Span.earlier(END, now)),
                now,
                new Facts.Keys(keys, policies, Map.of("backups", Duration.ofDays(30)), destroyed),
                new Facts.Work(events, 7, List.of(new UsageEvidence.Used("database_encryption", 2, 3, 4))),
                new Facts.Log(
                        steps,
                        List.of(),
                        Map.of(),
                        approved,
                        new LogCheck(
                                new LogCheck.Read(9, 1, 0),
                                tampered,
                                tampered == 0 ? List.of() : List.of("EDITED at c 3"),
                                "truncation not detectable",
                                Optional.empty(),
                                List.of())),
                new Facts.Watch(alerts, notices, tasks),
                new Facts.Data(columns, links),
                new Facts.Response(incidents, drill));
    }

    ControlFinding finding(Control control) {
        return Controls.of(facts()).stream()
                .filter(finding -> finding.control() == control)
                .findFirst()
                .orElseThrow();
    }

    /** A key that was compromised in the month; its steps were due within it. */
    static IncidentReport incident(StepReport.Standing standing) {
        Instant opened = BEGIN.plus(Duration.ofDays(2));
        Optional<Instant> done = Optional.of(opened.plusSeconds(60))
                .filter(at ->
                        standing == StepReport.Standing.DONE_IN_TIME || standing == StepReport.Standing.DONE_LATE);
        Incident incident = new Incident(
                OLD,
                new Authority("sso", login -> Optional.of("1001")).person(() -> "ann"),
                "found in a log",
                opened,
                new Incident.Response(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty()),
                List.of(),
                List.of());
        StepReport step = new StepReport(IncidentStep.PROVE_EMPTY, standing, opened.plus(Duration.ofDays(1)), done, "");
        return new IncidentReport(
                incident, opened, KeyState.COMPROMISED, List.of(step), Optional.empty(), Optional.empty(), List.of());
    }
}
