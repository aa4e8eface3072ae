package io.reseal.rotation;

import io.reseal.rotation.schedule.ScheduledTask;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/** When the procedures have each task done: by the calendar alone, of which cron expressions are another account. */
final class ProcedureCalendar {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private ProcedureCalendar() {}

    /** Every time of a task from a whole hour on, and before another. */
    static Stream<Instant> times(ScheduledTask task, Instant from, Instant to) {
        Duration step = task == ScheduledTask.KEY_ROTATION_ALERTS ? MINUTE : HOUR;
        return Stream.iterate(from, at -> at.isBefore(to), at -> at.plus(step))
                .filter(at -> isTime(task, at.atOffset(ZoneOffset.UTC)));
    }

    private static boolean isTime(ScheduledTask task, OffsetDateTime at) {
        return switch (task) {
            case AUTOMATED_KEY_ROTATION_CHECK -> at.getHour() == 1;
            case EXECUTE_SCHEDULED_KEY_ROTATIONS -> at.getHour() % 4 == 0;
            case KEY_ROTATION_CLEANUP -> at.getDayOfWeek() == DayOfWeek.SUNDAY && at.getHour() == 6;
            case KEY_USAGE_MONITORING -> at.getHour() % 8 == 0;
            case KEY_ROTATION_HEALTH_CHECK -> at.getHour() % 6 == 0;
            case GENERATE_KEY_ROTATION_COMPLIANCE_REPORT -> at.getDayOfMonth() == 1 && at.getHour() == 2;
            case KEY_ROTATION_ALERTS -> true;
        };
    }
}
