package io.reseal.rotation.internal.health;

import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.event.TaskLog;
import io.reseal.rotation.internal.quartz.Appointment;
import io.reseal.rotation.internal.quartz.Timetable;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.SchedulerPause;
import io.reseal.rotation.schedule.TaskRun;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether tasks begin at their times, where a scheduler has ever run. Quartz's own tables tell of every task, if they are there; with a host's
 * scheduler, only the task of each minute does, by when it was begun last.
 */
final class TaskTimes implements Look {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String WELL = "begun within " + PATIENCE.toMinutes() + " min of its time, and done";

    private final TaskLog log;
    private final Timetable timetable;

    TaskTimes(ResealDatabase database) {
        this.log = new TaskLog(database);
        this.timetable = new Timetable(database);
    }

    @Override
    public Check check() {
        return Check.SCHEDULER;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.TASK_NOT_DONE);
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        Optional<SchedulerPause> pause = log.pause();
        Optional<List<Timetable.Line>> lines = timetable.lines();
        return Arrays.stream(ScheduledTask.values())
                .flatMap(task -> finding(new Seen(task, now, log.last(task), pause, lines)).stream())
                .toList();
    }

    /**
     * What is known of a task.
     *
     * @param lines of all tasks, if Quartz's tables are there
     */
    private record Seen(
            ScheduledTask task,
            Instant now,
            Optional<TaskRun> last,
            Optional<SchedulerPause> pause,
            Optional<List<Timetable.Line>> lines) {

        private Optional<Timetable.Line> line() {
            return lines.stream()
                    .flatMap(List::stream)
                    .filter(line -> line.task().equals(task.taskName()))
                    .findFirst();
        }

        private AlertSubject subject() {
            return AlertSubject.task(task.taskName());
        }

        private boolean isPaused() {
            return task.isPausable() && pause.isPresent();
        }

        /** Whether nothing says when it is to begin: it is off, or no scheduler has ever run. */
        private boolean isUnknown() {
            return lines.isPresent() ? line().isEmpty() : last.isEmpty();
        }

        private String standing() {
            return isPaused()
                    ? "paused by " + pause.orElseThrow().actor()
                    : last.map(run -> "begun at " + run.startedAt()).orElse("not begun yet");
        }
    }

    private static Optional<HealthFinding> finding(Seen seen) {
        Optional<String> failure = failure(seen);
        if (failure.isEmpty() && seen.isUnknown()) {
            return Optional.empty();
        }
        Optional<String> problem = failure.or(() -> seen.isPaused() ? Optional.empty() : late(seen));
        return Optional.of(problem.map(found ->
                        HealthFinding.of(AlertKind.TASK_NOT_DONE, Check.SCHEDULER, seen.subject(), found, WELL))
                .orElseGet(() -> HealthFinding.well(Check.SCHEDULER, seen.subject(), seen.standing(), WELL)));
    }

    /** While it is under way again, how it goes is not known yet. */
    private static Optional<String> failure(Seen seen) {
        return seen.last()
                .filter(run -> run.endedAt().isPresent() && !run.succeeded())
                .map(run -> "it failed on node " + run.node() + " at "
                        + run.endedAt().orElseThrow() + ": " + run.summary());
    }

    private static Optional<String> late(Seen seen) {
        return seen.line()
                .filter(line -> line.isOverdue(PATIENCE))
                .map(line -> "it was to begin at " + line.next() + ", and no node has begun it")
                .or(() -> seen.line().filter(Timetable.Line::isBroken).map(line -> "Quartz has given its trigger up"))
                .or(() -> silent(seen));
    }

    /** The one task that cannot be paused and does not take long: when it ought to have begun again is known. */
    private static Optional<String> silent(Seen seen) {
        String cron = seen.line().map(Timetable.Line::cron).orElse(seen.task().cron());
        return seen.last()
                .filter(run -> seen.task() == ScheduledTask.KEY_ROTATION_ALERTS)
                .filter(run -> new Appointment(run.task().taskName(), cron)
                        .after(run.startedAt())
                        .filter(next -> next.plus(PATIENCE).isBefore(seen.now()))
                        .isPresent())
                .map(run -> "it was begun last at " + run.startedAt() + " on node " + run.node());
    }
}
