package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.keys.KeyTypes;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.testing.Databases;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A year on PostgreSQL, task by task at its times, with nobody present but for somebody who pauses the scheduler for too long. Not part of
 * a build: {@code ./mvnw -Pyear}.
 */
class SimulatedYear {

    private static final Duration YEAR = Duration.ofDays(367);

    /** While the sixth key of sessions grows old. */
    private static final Duration PAUSED_AFTER = Duration.ofDays(175);

    private static final Duration RESUMED_AFTER = Duration.ofDays(205);
    private static final Set<AlertKind> AGES =
            EnumSet.of(AlertKind.KEY_DUE_SOON, AlertKind.KEY_AGE_HIGH, AlertKind.KEY_OVERDUE);

    @TempDir
    Path directory;

    private record Step(Instant at, ScheduledTask task) {}

    /** In the order of tasks where two have the same time; what is done each minute, only after each of the others. */
    private static List<Step> steps(Instant from, Instant to) {
        Instant hour = from.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1));
        return Stream.of(ScheduledTask.values())
                .filter(task -> task != ScheduledTask.KEY_ROTATION_ALERTS)
                .flatMap(task -> ProcedureCalendar.times(task, hour, to).map(at -> new Step(at, task)))
                .sorted(Comparator.comparing(Step::at).thenComparing(Step::task))
                .toList();
    }

    @Test
    void isAsTheProceduresSay() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                RotationScheduler scheduler =
                        RotationScheduler.open(stage.rotation, Map.of(SchedulerSettings.EFFORT, "full"))) {
            KeyTypes.standard().all().forEach(stage.keys::ensureActive);
            // proofs are dated by the database, for which no year passes: no retention of copies would ever be over
            stage.rotation.backups().declare("none", Duration.ZERO, People.ANN);
            Instant start = stage.clock.instant();
            ProcedureModel model = new ProcedureModel(start);
            for (Step step : steps(start, start.plus(YEAR))) {
                stage.clock.set(step.at());
                pauseOrResume(scheduler, Duration.between(start, step.at()));
                take(step, scheduler, model);
                if (step.task() == ScheduledTask.KEY_ROTATION_HEALTH_CHECK) {
                    assertThat(alarms(stage)).as("at %s", step.at()).isEqualTo(model.alarms(step.at()));
                }
            }

            assertThat(ProcedureModel.history(stage.rotation)).containsExactlyElementsOf(model.history());
            assertThat(stage.rotation.events().since(start))
                    .hasSize((int) model.rotations(new ReportPeriod(start, start.plus(YEAR))))
                    .allSatisfy(event -> assertThat(event.state()).isEqualTo(EventState.COMPLETED));
            assertThat(stage.underFirst()).isZero();
            assertThat(stage.database.query("SELECT DISTINCT kind FROM reseal_alert ORDER BY kind"))
                    .containsExactly(
                            "CLEANUP_RESULTS",
                            "KEY_AGE_HIGH",
                            "KEY_DUE_SOON",
                            "KEY_OVERDUE",
                            "REVIEW_DUE",
                            "REVIEW_OVERDUE",
                            "ROTATION_COMPLETED",
                            "SCHEDULE_ADHERENCE",
                            "UNUSED_KEY");
            requireReports(stage.rotation.reports(), model);
        }
    }

    private static void requireReports(ComplianceReports reports, ProcedureModel model) throws IOException {
        assertThat(reports.list()).hasSize(12);
        for (ComplianceReport report : reports.list()) {
            StringWriter json = new StringWriter();
            reports.writeJson(report.id(), json);
            JsonNode content = JsonMapper.shared().readTree(json.toString());
            assertThat(content.at("/rotations/completed").asLong())
                    .as("rotations in %s", report.period())
                    .isEqualTo(model.rotations(report.period()));
            assertThat(content.at("/destroyed_keys").size())
                    .as("destructions in %s", report.period())
                    .isEqualTo((int) model.destructions(report.period()));
            assertThat(report.generatedAt().toString()).endsWith("-01T02:00:00Z");
        }
    }

    private static void pauseOrResume(RotationScheduler scheduler, Duration since) {
        boolean isPaused = scheduler.status().pause().isPresent();
        boolean isToBePaused = since.compareTo(PAUSED_AFTER) >= 0 && since.compareTo(RESUMED_AFTER) < 0;
        if (isToBePaused && !isPaused) {
            scheduler.pause("ann", "an audit");
        } else if (isPaused && !isToBePaused) {
            scheduler.resume("ann", "the audit is over");
        }
    }

    private static void take(Step step, RotationScheduler scheduler, ProcedureModel model) {
        if (step.task().isPausable() && scheduler.status().pause().isPresent()) {
            assertThatThrownBy(() -> scheduler.run(step.task())).isInstanceOf(RotationRefusedException.class);
        } else {
            assertThat(scheduler.run(step.task()).succeeded()).as("%s", step).isTrue();
            model.does(step.task(), step.at());
        }
        assertThat(scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS).succeeded()).isTrue();
    }

    private static Set<String> alarms(EmergencyStage stage) {
        return stage.rotation.alerts().open().stream()
                .filter(alert -> AGES.contains(alert.kind()))
                .map(alert -> alert.kind() + " " + alert.subject().name().replace(" version", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
