package io.reseal.rotation.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the scheduler stands, over all nodes.
 *
 * @param pause present while nothing begins by itself
 * @param tasks every task, in the order of {@link ScheduledTask}
 */
public record SchedulerStatus(Optional<SchedulerPause> pause, List<Timetable> tasks) {

    public SchedulerStatus {
        tasks = List.copyOf(tasks);
    }

    /**
     * One task.
     *
     * @param cron when it begins, in UTC; empty if never by itself
     * @param next when it begins the next time by itself
     * @param last how it went the last time; empty if it was never begun
     */
    public record Timetable(
            ScheduledTask task, Optional<String> cron, Optional<Instant> next, Optional<TaskRun> last) {}
}
