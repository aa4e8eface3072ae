package io.reseal.rotation.internal.event;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.jdbc.Attempts;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.SchedulerPause;
import io.reseal.rotation.schedule.TaskRun;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** How the tasks went, and whether they are stopped: the tables {@code reseal_task} and {@code reseal_scheduler_pause}. */
public final class TaskLog {

    private static final int MAX_SUMMARY = 1_000;

    private final Jdbi jdbi;
    private final String node = ThisNode.name();

    /** @param database holds the rotation schema */
    public TaskLog(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    public void begun(ScheduledTask task, Instant now) {
        Attempts.STANDARD.inTransaction(jdbi, handle -> {
            int counted = handle.createUpdate("""
                            UPDATE reseal_task
                            SET node = :node, started_at = :now, ended_at = NULL, succeeded = NULL, summary = '', runs = runs + 1
                            WHERE task = :task
                            """)
                    .bind("node", node)
                    .bind("now", now)
                    .bind("task", task.taskName())
                    .execute();
            return counted == 1 ? counted : insert(handle, task, now);
        });
    }

    private int insert(Handle handle, ScheduledTask task, Instant now) {
        return handle.createUpdate("INSERT INTO reseal_task (task, node, started_at, summary, runs, failures)"
                        + " VALUES (:task, :node, :now, '', 1, 0)")
                .bind("task", task.taskName())
                .bind("node", node)
                .bind("now", now)
                .execute();
    }

    /** Of a run that another one has followed meanwhile, nothing is kept but whether it failed. */
    public void ended(ScheduledTask task, Instant now, boolean succeeded, String summary) {
        Attempts.STANDARD.inTransaction(jdbi, handle -> {
            handle.createUpdate("UPDATE reseal_task SET failures = failures + :failures WHERE task = :task")
                    .bind("failures", succeeded ? 0 : 1)
                    .bind("task", task.taskName())
                    .execute();
            return handle.createUpdate(
                            "UPDATE reseal_task SET ended_at = :now, succeeded = :succeeded, summary = :summary"
                                    + " WHERE task = :task AND node = :node")
                    .bind("now", now)
                    .bind("succeeded", succeeded)
                    .bind("summary", summary.substring(0, Math.min(MAX_SUMMARY, summary.length())))
                    .bind("task", task.taskName())
                    .bind("node", node)
                    .execute();
        });
    }

    public Optional<TaskRun> last(ScheduledTask task) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_task WHERE task = :task")
                .bind("task", task.taskName())
                .map((row, context) -> new TaskRun(
                        task,
                        row.getString("node"),
                        Moments.read(row, "started_at", context),
                        Optional.ofNullable(Moments.readOrNull(row, "ended_at", context)),
                        row.getBoolean("succeeded"),
                        row.getString("summary"),
                        row.getLong("runs"),
                        row.getLong("failures")))
                .findOne());
    }

    /** Returns false if somebody has stopped the tasks already, who stays; {@code before} is done in front of the commit. */
    public boolean pause(SchedulerPause pause, Runnable before) {
        return Attempts.STANDARD.inTransaction(jdbi, handle -> {
            boolean isNew = pause(handle).isEmpty();
            if (isNew) {
                handle.createUpdate(
                                "INSERT INTO reseal_scheduler_pause (id, actor, reason, paused_at) VALUES (1, :actor, :reason, :now)")
                        .bind("actor", pause.actor())
                        .bind("reason", pause.reason())
                        .bind("now", pause.since())
                        .execute();
                before.run();
            }
            return isNew;
        });
    }

    /** Returns false if they were not stopped; {@code before} is done in front of the commit. */
    public boolean resume(Runnable before) {
        return Attempts.STANDARD.inTransaction(jdbi, handle -> {
            boolean wasPaused = handle.execute("DELETE FROM reseal_scheduler_pause") == 1;
            if (wasPaused) {
                before.run();
            }
            return wasPaused;
        });
    }

    public Optional<SchedulerPause> pause() {
        return jdbi.withHandle(TaskLog::pause);
    }

    private static Optional<SchedulerPause> pause(Handle handle) {
        return handle.createQuery("SELECT * FROM reseal_scheduler_pause")
                .map((row, context) -> new SchedulerPause(
                        row.getString("actor"), row.getString("reason"), Moments.read(row, "paused_at", context)))
                .findOne();
    }
}
