package io.reseal.rotation.internal.quartz;

import io.reseal.ResealConfigurationException;
import io.reseal.database.ResealDatabase;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins tasks at their times, each on one node of all that share the tables. Safe for use by several threads. */
public final class Clockwork {

    /** The group of all jobs, and of the triggers that may be paused. */
    public static final String GROUP = "key_rotation";

    /** Of all triggers. */
    public static final int PRIORITY = 9;

    private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);
    private static final String UNPAUSED = "key_rotation_unpaused";
    private static final String CONTEXT = Clockwork.class.getName();
    private static final String AGAIN = "_again";

    private final Scheduler scheduler;
    private final Work work;
    private final Pulse pulse;
    private final boolean isOwn;

    private Clockwork(Scheduler scheduler, Work work, Pulse pulse, boolean isOwn) {
        this.scheduler = scheduler;
        this.work = work;
        this.pulse = pulse;
        this.isOwn = isOwn;
    }

    /** What is to be done, on one of Quartz's threads. */
    public interface Work {

        /** Does a task, and says when it is to be done again, if before its next time. */
        Optional<Instant> perform(String task);

        /** Whether {@link Clockwork#pause} stops a task. */
        boolean isPausable(String task);
    }

    /** With a scheduler of its own, in the tables of a database. */
    public static Clockwork own(ResealDatabase database, Work work) {
        try {
            Pulse pulse = new Pulse(System::nanoTime);
            return joined(OwnScheduler.open(database, pulse), work, pulse, true);
        } catch (SchedulerException e) {
            throw failed("be set up", e);
        }
    }

    /**
     * With a scheduler that the host starts and stops.
     *
     * @param scheduler an {@code org.quartz.Scheduler}
     * @param setting where it comes from
     */
    public static Clockwork of(Object scheduler, String setting, Work work) {
        if (!(scheduler instanceof Scheduler quartz)) {
            throw new ResealConfigurationException(
                    "The setting " + setting + " holds a "
                            + scheduler.getClass().getName() + ": it takes an instance of " + Scheduler.class.getName(),
                    null);
        }
        try {
            return joined(quartz, work, new Pulse(System::nanoTime), false);
        } catch (SchedulerException e) {
            throw failed("be set up", e);
        }
    }

    private static Clockwork joined(Scheduler scheduler, Work work, Pulse pulse, boolean isOwn)
            throws SchedulerException {
        Clockwork clockwork = new Clockwork(scheduler, work, pulse, isOwn);
        scheduler.getContext().put(CONTEXT, clockwork);
        return clockwork;
    }

    static Clockwork in(Scheduler scheduler) throws SchedulerException {
        return (Clockwork) Objects.requireNonNull(
                scheduler.getContext().get(CONTEXT),
                "No RotationScheduler is open on this node: open one where the tasks run");
    }

    Work work() {
        return work;
    }

    /** Puts a timetable in the place of what there is, but for what stays the same, and begins. */
    public void start(Collection<Appointment> timetable, Collection<String> without) {
        attempt("be started", () -> {
            for (Appointment appointment : timetable) {
                scheduler.addJob(job(appointment.task()), true);
                appoint(appointment);
            }
            for (String task : without) {
                scheduler.deleteJob(key(task));
            }
            if (isOwn) {
                scheduler.start();
            }
        });
    }

    private static JobDetail job(String task) {
        return JobBuilder.newJob(TaskJob.class)
                .withIdentity(key(task))
                .storeDurably()
                .requestRecovery()
                .build();
    }

    private static JobKey key(String task) {
        return JobKey.jobKey(task, GROUP);
    }

    private TriggerKey timed(String task, String suffix) {
        return TriggerKey.triggerKey(task + suffix, work.isPausable(task) ? GROUP : UNPAUSED);
    }

    /** One whose expression is the same keeps what it has missed. */
    private void appoint(Appointment appointment) throws SchedulerException {
        TriggerKey key = timed(appointment.task(), "");
        Trigger present = scheduler.getTrigger(key);
        if (present instanceof CronTrigger cron && cron.getCronExpression().equals(appointment.cron())) {
            return;
        }
        Trigger trigger = TriggerBuilder.newTrigger()
                .withIdentity(key)
                .forJob(key(appointment.task()))
                .withPriority(PRIORITY)
                .withSchedule(CronScheduleBuilder.cronSchedule(appointment.cron())
                        .inTimeZone(Appointment.UTC)
                        .withMisfireHandlingInstructionFireAndProceed())
                .build();
        if (present == null) {
            schedule(trigger);
        } else {
            scheduler.rescheduleJob(key, trigger);
        }
    }

    private void schedule(Trigger trigger) throws SchedulerException {
        try {
            scheduler.scheduleJob(trigger);
        } catch (ObjectAlreadyExistsException e) {
            LOG.debug("Another node has scheduled {} at the same moment", trigger.getKey());
        }
    }

    /** Has a task begun as soon as a node is free, paused or not. */
    public void trigger(String task) {
        attempt("begin " + task, () -> scheduler.triggerJob(key(task)));
    }

    /** Has a task begun once more at a moment; the last call counts. */
    void again(String task, Instant moment) throws SchedulerException {
        TriggerKey key = timed(task, AGAIN);
        Trigger trigger = TriggerBuilder.newTrigger()
                .withIdentity(key)
                .forJob(key(task))
                .withPriority(PRIORITY)
                .startAt(Date.from(moment))
                .build();
        if (scheduler.rescheduleJob(key, trigger) == null) {
            schedule(trigger);
        }
    }

    /** No task begins by itself any more, on any node, also after all of them were restarted. */
    public void pause() {
        attempt("be paused", () -> scheduler.pauseTriggers(GroupMatcher.triggerGroupEquals(GROUP)));
    }

    /** What was missed meanwhile is made up for once. */
    public void resume() {
        attempt("be resumed", () -> scheduler.resumeTriggers(GroupMatcher.triggerGroupEquals(GROUP)));
    }

    /** When a task begins next by itself; empty if it does not. */
    public Optional<Instant> next(String task) {
        try {
            return Optional.ofNullable(scheduler.getTrigger(timed(task, "")))
                    .map(Trigger::getNextFireTime)
                    .map(Date::toInstant);
        } catch (SchedulerException e) {
            throw failed("be asked for " + task, e);
        }
    }

    /** What has died of a scheduler of its own that was started; asks nobody. Of a host's nothing is known. */
    public Optional<String> ailment() {
        return pulse.silence();
    }

    /** Begins nothing more on this node, if the scheduler is its own; what runs goes on. */
    public void stand() {
        if (isOwn) {
            attempt("be stopped", scheduler::standby);
            pulse.end();
        }
    }

    /**
     * A scheduler of the host's is only left.
     *
     * @param isDone whether nothing is under way but what Quartz has to put on record about it; else it is interrupted
     */
    public void close(boolean isDone) {
        attempt("be stopped", () -> {
            if (isOwn) {
                scheduler.shutdown(isDone);
            } else {
                scheduler.getContext().remove(CONTEXT, this);
            }
        });
    }

    private interface Step {
        void take() throws SchedulerException;
    }

    private static void attempt(String what, Step step) {
        try {
            step.take();
        } catch (SchedulerException e) {
            throw failed(what, e);
        }
    }

    private static ClockworkException failed(String what, SchedulerException e) {
        return new ClockworkException(what, e);
    }
}
