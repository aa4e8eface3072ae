package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.StepReport;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether somebody looks, and does what is to be done. */
final class ResponseControls {

    /** By then the manual's escalation has come to its last level. */
    private static final Duration CRITICAL = Duration.ofHours(1);

    private static final String INCIDENTS = RecordEvidence.sql("incident") + ", and the time boxes of its steps";

    private ResponseControls() {}

    static ControlFinding incidents(Facts facts) {
        List<String> late = facts.response().incidents().stream()
                .flatMap(incident -> late(incident, facts.period()))
                .toList();
        List<WatchEvidence.AlertRow> pressing = facts.raised().stream()
                .filter(alert -> !alert.severity().equals("INFORMATION"))
                .toList();
        List<String> neglected = pressing.stream()
                .filter(alert -> alert.isNeglected(limit(alert), facts.now()))
                .map(alert -> alert + " was neither taken on nor over within "
                        + limit(alert).toHours() + " h")
                .toList();
        return AccessControls.judgement(facts, Control.ISO_A_16_1_5, List.of(INCIDENTS, WatchEvidence.ALERTS))
                .fact(facts.response().incidents().size() + " incidents of compromised keys, with " + late.size()
                        + " steps late or overdue")
                .fact(pressing.size() + " critical alerts and warnings, " + neglected.size()
                        + " of them neither taken on nor over in time")
                .unknownIf(
                        facts.response().incidents().isEmpty() && pressing.isEmpty(),
                        "nothing happened in the period by which a response could be judged")
                .faults(late)
                .faults(neglected)
                .finding(
                        "every step of every incident was done in its time box, and every critical alert was taken on within an"
                                + " hour and every warning within a day, or over");
    }

    private static Duration limit(WatchEvidence.AlertRow alert) {
        return alert.severity().equals("CRITICAL") ? CRITICAL : AccessControls.DAY;
    }

    private static Stream<String> late(IncidentReport incident, Span period) {
        return incident.steps().stream()
                .filter(step -> step.due().isBefore(period.to()))
                .filter(step -> isLate(step.standing()))
                .map(step -> "the incident of " + incident.incident().key() + ": " + step.step() + " is "
                        + step.standing() + ", and was due at " + step.due());
    }

    static boolean isLate(StepReport.Standing standing) {
        return standing == StepReport.Standing.DONE_LATE || standing == StepReport.Standing.OVERDUE;
    }

    static ControlFinding plan(Facts facts) {
        List<IncidentReport> incidents = facts.response().incidents();
        Optional<Instant> drill = facts.response().drill();
        long executed = incidents.stream()
                .filter(incident ->
                        incident.steps().stream().allMatch(step -> step.done().isPresent()))
                .count();
        List<String> undone = incidents.stream()
                .flatMap(incident -> incident.steps().stream()
                        .filter(step -> step.standing() == StepReport.Standing.OVERDUE)
                        .map(step ->
                                "the incident of " + incident.incident().key() + ": " + step.step() + " was not done"))
                .toList();
        return AccessControls.judgement(facts, Control.NIST_RS_RP_1, List.of(INCIDENTS, LogEvidence.DRILLS))
                .fact(incidents.size() + " incidents in the period, with " + undone.size()
                        + " steps of the plan not done when they were due")
                .fact("emergency drill last attested: "
                        + drill.map(Instant::toString).orElse("never"))
                .fact(executed + " of them with every step done")
                .unknownIf(
                        executed == 0 && drill.isEmpty(),
                        "in the period the plan was executed for no compromised key to its end, and nobody has attested a drill")
                .faults(undone)
                .faultIf(
                        executed == 0 && KeyControls.isStale(drill, facts),
                        "the last drill is longer ago than a quarter")
                .finding(
                        "the plan was executed to its end for a compromised key, or rehearsed within a quarter, and no step of it is overdue");
    }

    static ControlFinding monitoring(Facts facts) {
        long dead = facts.watch().notices().getOrDefault("DEAD", 0L);
        Judgement judgement = AccessControls.judgement(
                        facts,
                        Control.NIST_DE_CM_1,
                        List.of(WatchEvidence.TASKS, WatchEvidence.ALERTS, WatchEvidence.NOTICES))
                .fact(facts.raised().size() + " alerts raised, notices about them: "
                        + facts.watch().notices())
                .faultIf(dead > 0, dead + " notices did not reach anybody");
        watched(facts, judgement, ScheduledTask.KEY_ROTATION_ALERTS, Duration.ofHours(1));
        watched(facts, judgement, ScheduledTask.KEY_USAGE_MONITORING, AccessControls.DAY);
        watched(facts, judgement, ScheduledTask.KEY_ROTATION_HEALTH_CHECK, AccessControls.DAY);
        return judgement.finding(
                "keys, their usage and their health were looked at lately, and nobody missed a notice");
    }

    /** Only the last run of a task is on record: it is judged by now, and not by the period. */
    private static void watched(Facts facts, Judgement judgement, ScheduledTask task, Duration limit) {
        Optional<WatchEvidence.TaskRow> last = facts.watch().tasks().stream()
                .filter(row -> row.task().equals(task.taskName()))
                .findFirst();
        judgement
                .fact(task.taskName() + " began last: "
                        + last.map(row -> row.started() + (row.failed() ? ", and failed" : ""))
                                .orElse("never"))
                .faultIf(last.isEmpty(), task.taskName() + " has never begun")
                .faultIf(
                        last.filter(row -> row.started().plus(limit).isBefore(facts.now()))
                                .isPresent(),
                        task.taskName() + " has not begun for " + limit.toHours() + " h")
                .faultIf(
                        last.filter(WatchEvidence.TaskRow::failed).isPresent(),
                        task.taskName() + " failed the last time");
    }
}
