package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Tags;
import io.reseal.rotation.schedule.ScheduledTask;

/** What meters tell of the scheduler's tasks. */
final class TaskMeters {

    private TaskMeters() {}

    static void register(Meters meters) {
        for (ScheduledTask task : ScheduledTask.values()) {
            Tags tags = Tags.of("task", task.taskName());
            meters.seconds(
                    "reseal.task.age",
                    "Since the task was begun the last time",
                    tags,
                    all -> all.secondsSince("task.started", task.taskName()));
            meters.gauge(
                    "reseal.task.failed",
                    "Whether the task failed the last time",
                    tags,
                    all -> all.count("task.failed", task.taskName(), ""));
        }
        meters.gauge(
                "reseal.scheduler.paused",
                "Whether somebody has stopped the tasks",
                Tags.empty(),
                all -> all.count("scheduler.paused", "", ""));
    }
}
