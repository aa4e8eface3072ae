package io.reseal.rotation;

import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is told once a week, for the weekly review: each in the place of that of the week before. */
final class WeeklyNews {

    private static final Duration WEEK = Duration.ofDays(7);

    /** Two times at which waiting rotations are executed. */
    private static final Duration IN_TIME = Duration.ofHours(8);

    private static final AlertSubject SCHEDULE = AlertSubject.task("all");

    private final KeyRotation rotation;

    WeeklyNews(KeyRotation rotation) {
        this.rotation = rotation;
    }

    /** A cleanup that found nothing to do is no news; that everything kept to its time is. */
    void tell(List<CleanupLine> cleanup) {
        if (cleanup.isEmpty()) {
            end(AlertKind.CLEANUP_RESULTS, AlertSubject.keyStore());
        } else {
            tell(AlertKind.CLEANUP_RESULTS, AlertSubject.keyStore(), described(cleanup));
        }
        Instant since = rotation.now().minus(WEEK);
        tell(AlertKind.SCHEDULE_ADHERENCE, SCHEDULE, adherence(rotation.events().since(since)) + tasks());
    }

    private void tell(AlertKind kind, AlertSubject subject, String evidence) {
        end(kind, subject);
        Alert unused = rotation.alerts().raise(kind, subject, evidence);
    }

    private void end(AlertKind kind, AlertSubject subject) {
        rotation.alerts().open(kind, subject).ifPresent(rotation.alerts()::end);
    }

    static String described(List<CleanupLine> cleanup) {
        return cleanup.stream()
                .map(line -> line.key() + " " + line.outcome()
                        + (line.unmet().isEmpty()
                                ? ""
                                : " because of "
                                        + line.unmet().stream()
                                                .map(gate -> gate.name().name())
                                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("; "));
    }

    private static String adherence(List<RotationEvent> events) {
        List<RotationEvent> begun = events.stream()
                .filter(event -> event.course().startedAt().isPresent())
                .toList();
        List<RotationEvent> late = begun.stream().filter(WeeklyNews::isLate).toList();
        return "rotations of the week: " + count(events, EventState.COMPLETED) + " completed, "
                + count(events, EventState.FAILED) + " failed, " + count(events, EventState.CANCELLED)
                + " cancelled, "
                + events.stream().filter(event -> event.state().isOpen()).count() + " open; "
                + (begun.size() - late.size()) + " of " + begun.size() + " were begun within " + IN_TIME.toHours()
                + " h"
                + late.stream().map(event -> ", late: " + event.id()).collect(Collectors.joining());
    }

    private static long count(List<RotationEvent> events, EventState state) {
        return events.stream().filter(event -> event.state() == state).count();
    }

    private static boolean isLate(RotationEvent event) {
        RotationEvent.Course course = event.course();
        Instant from = course.requestedAt().isAfter(course.dueAt()) ? course.requestedAt() : course.dueAt();
        return course.startedAt().orElseThrow().isAfter(from.plus(IN_TIME));
    }

    private String tasks() {
        return Stream.of(ScheduledTask.values())
                .flatMap(task -> rotation.taskLog().last(task).stream())
                .filter(run -> run.failures() > 0)
                .map(run -> "; " + run.task().taskName() + " failed " + run.failures() + " of " + run.runs()
                        + " times so far")
                .collect(Collectors.joining());
    }
}
