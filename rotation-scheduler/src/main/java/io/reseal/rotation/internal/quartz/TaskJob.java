package io.reseal.rotation.internal.quartz;

import java.time.Instant;
import java.util.Optional;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.InterruptableJob;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.SchedulerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the task that its key names, on whatever node Quartz chose, and on one of them at a time. */
@DisallowConcurrentExecution
public final class TaskJob implements InterruptableJob {

    private static final Logger LOG = LoggerFactory.getLogger(TaskJob.class);

    private volatile Thread thread = Thread.currentThread();

    /** For Quartz, which makes one for each run. */
    public TaskJob() {}

    @Override
    public void execute(JobExecutionContext context) throws JobExecutionException {
        thread = Thread.currentThread();
        String task = context.getJobDetail().getKey().getName();
        try {
            Clockwork clockwork = Clockwork.in(context.getScheduler());
            Optional<Instant> again = clockwork.work().perform(task);
            if (again.isPresent()) {
                clockwork.again(task, again.get());
            }
        } catch (SchedulerException | RuntimeException e) {
            LOG.error("The task {} failed; it is begun again at its next time", task, e);
            throw new JobExecutionException("The task " + task + " failed", e);
        }
    }

    @Override
    public void interrupt() {
        thread.interrupt();
    }
}
