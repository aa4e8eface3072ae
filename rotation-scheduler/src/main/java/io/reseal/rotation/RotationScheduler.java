package io.reseal.rotation;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditEntry;
import io.reseal.rotation.internal.event.Failure;
import io.reseal.rotation.internal.event.TaskLog;
import io.reseal.rotation.internal.health.Vitals;
import io.reseal.rotation.internal.quartz.Clockwork;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.SchedulerPause;
import io.reseal.rotation.schedule.SchedulerStatus;
import io.reseal.rotation.schedule.TaskRun;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the {@link ScheduledTask scheduled tasks} at their times: each on one node of all that have one of these open, whichever is free. A
 * time that was missed, because no node was up or the tasks were paused, is made up for once. Safe for use by several threads and
 * processes, whose clocks have to agree within a second.
 */
public final class RotationScheduler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RotationScheduler.class);
    private static final String POOL = "reseal-scheduler";
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ALL = Integer.MAX_VALUE;

    private final KeyRotation rotation;
    private final SchedulerSettings settings;
    private final AlertDelivery delivery;
    private final RotationTasks tasks;
    private final TaskLog log;
    private final Semaphore running = new Semaphore(ALL);
    private final Optional<ResealDatabase> database;
    private final Clockwork clockwork;
    private final Runnable leave;
    private volatile boolean isClosing;

    private RotationScheduler(KeyRotation rotation, SchedulerSettings settings, AlertDelivery delivery) {
        this.rotation = rotation;
        this.settings = settings;
        this.delivery = delivery;
        this.tasks = new RotationTasks(rotation, delivery, settings, this::executeSoon);
        this.log = rotation.taskLog();
        this.database =
                settings.quartz().isPresent() ? Optional.empty() : Optional.of(rotation.connect(POOL, CONNECTIONS));
        this.clockwork = clockwork();
        this.leave = rotation.health().watch(new Signs());
    }

    /** What probes hear of it. */
    private final class Signs implements Vitals.Sign {

        @Override
        public List<String> ailments() {
            return clockwork.ailment().stream().toList();
        }

        @Override
        public List<String> hindrances() {
            return isClosing ? List.of("its scheduler is being closed") : List.of();
        }
    }

    private Clockwork clockwork() {
        try {
            return settings.quartz()
                    .map(host -> Clockwork.of(host, SchedulerSettings.QUARTZ, new Work()))
                    .orElseGet(() -> Clockwork.own(database.orElseThrow(), new Work()));
        } catch (RuntimeException e) {
            database.ifPresent(ResealDatabase::close);
            throw e;
        }
    }

    /**
     * Makes one on this node, which begins nothing before {@link #start}.
     *
     * @param rotation stays open until this is closed
     * @param settings those that configure Reseal; of them, {@code reseal.scheduler.…}, {@code reseal.alerts.…} and
     *     {@code reseal.contacts.…} are read
     * @throws io.reseal.ResealConfigurationException if one is unusable or unknown, or a table is missing and may not be created; the message
     *     names it and the remedy
     */
    public static RotationScheduler open(KeyRotation rotation, Map<String, ?> settings) {
        SchedulerSettings validated = SchedulerSettings.from(settings, rotation.now());
        AlertDelivery delivery = AlertDelivery.open(rotation, settings);
        try {
            return new RotationScheduler(rotation, validated, delivery);
        } catch (RuntimeException e) {
            delivery.close();
            throw e;
        }
    }

    /** What Quartz begins. */
    private final class Work implements Clockwork.Work {

        @Override
        public Optional<Instant> perform(String name) {
            ScheduledTask task = ScheduledTask.named(name);
            boolean isStopped = task.isPausable() && log.pause().isPresent();
            return isStopped ? Optional.empty() : RotationScheduler.this.perform(task);
        }

        @Override
        public boolean isPausable(String name) {
            return ScheduledTask.named(name).isPausable();
        }
    }

    /** From now on this node takes its share. A timetable that differs from that of other nodes takes the place of theirs. */
    public RotationScheduler start() {
        clockwork.start(
                settings.appointments(),
                settings.without().stream().map(ScheduledTask::taskName).toList());
        if (log.pause().isPresent()) {
            clockwork.pause();
        }
        return this;
    }

    /**
     * Does a task now, on this thread, whether or not it is its time; what takes long goes on until it is done, or the tasks are paused.
     *
     * @throws RotationRefusedException if the tasks are paused
     */
    public TaskRun run(ScheduledTask task) {
        refuseIfPaused(task);
        perform(task);
        return log.last(task).orElseThrow();
    }

    /**
     * Has a task begun at once, by whatever node is free.
     *
     * @throws RotationRefusedException if the tasks are paused
     */
    public void trigger(ScheduledTask task) {
        refuseIfPaused(task);
        clockwork.trigger(task.taskName());
    }

    /** A maintenance window has opened. */
    private void executeSoon() {
        ScheduledTask task = ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS;
        if (log.pause().isEmpty() && !settings.without().contains(task)) {
            clockwork.trigger(task.taskName());
        }
    }

    private void refuseIfPaused(ScheduledTask task) {
        log.pause().filter(pause -> task.isPausable()).ifPresent(pause -> {
            throw new RotationRefusedException("The task " + task.taskName() + " was not begun: " + pause.actor()
                    + " has paused the scheduler since " + pause.since() + " (" + pause.reason()
                    + "). Resume it first");
        });
    }

    private Optional<Instant> perform(ScheduledTask task) {
        if (!running.tryAcquire()) { // only while this closes: others do it
            return Optional.of(rotation.now());
        }
        try {
            log.begun(task, rotation.now());
            RotationTasks.Result result = tasks.perform(task, this::mayGoOn);
            log.ended(task, rotation.now(), true, result.summary());
            return isClosing ? Optional.of(rotation.now()) : result.again();
        } catch (RuntimeException e) {
            log.ended(task, rotation.now(), false, Failure.described(e));
            throw e;
        } finally {
            running.release();
        }
    }

    private boolean mayGoOn() {
        return !isClosing && log.pause().isEmpty();
    }

    /**
     * Stops all tasks, on all nodes, also after they were restarted: none begins, and one that takes long ends within a second or so. A
     * re-encryption that was begun stays open. Recorded in the audit log; done twice, the first one counts.
     *
     * @param actor who wants it
     * @param reason why, for the audit
     */
    public SchedulerPause pause(String actor, String reason) {
        SchedulerPause pause = new SchedulerPause(actor, reason, rotation.now());
        log.pause(pause, () -> rotation.did("scheduler", new AuditEntry(actor, "pause-scheduler", reason)));
        clockwork.pause();
        return log.pause().orElse(pause);
    }

    /** Lets the tasks begin again, on all nodes: what was missed once, and what was interrupted at once. Recorded in the audit log. */
    public void resume(String actor, String reason) {
        boolean wasPaused =
                log.resume(() -> rotation.did("scheduler", new AuditEntry(actor, "resume-scheduler", reason)));
        clockwork.resume();
        String execution = ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS.taskName();
        if (wasPaused && clockwork.next(execution).isPresent()) {
            clockwork.trigger(execution);
        }
    }

    /** How the tasks stand, over all nodes. */
    public SchedulerStatus status() {
        return new SchedulerStatus(
                log.pause(),
                Stream.of(ScheduledTask.values()).map(this::timetable).toList());
    }

    private SchedulerStatus.Timetable timetable(ScheduledTask task) {
        Optional<String> cron = settings.appointments().stream()
                .filter(appointment -> appointment.task().equals(task.taskName()))
                .map(appointment -> appointment.cron())
                .findFirst();
        return new SchedulerStatus.Timetable(task, cron, clockwork.next(task.taskName()), log.last(task));
    }

    /** Leaves what this node does to the others, after what cannot be interrupted, and at most after half a minute. */
    @Override
    public void close() {
        isClosing = true;
        boolean isDone = false;
        try {
            clockwork.stand();
            isDone = running.tryAcquire(ALL, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (!isDone) {
                LOG.warn("A task of this node is interrupted, because it did not end within {}", PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clockwork.close(isDone);
            database.ifPresent(ResealDatabase::close);
            delivery.close();
            leave.run();
        }
    }

    /** What becomes of the notices about alerts. */
    public AlertDelivery delivery() {
        return delivery;
    }
}
