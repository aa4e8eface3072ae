package io.reseal.internal.background;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that does its work again and again, and in between when asked to. Safe for use by several threads. */
public final class BackgroundThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThread.class);

    private final Duration goodbye;
    private final ScheduledExecutorService executor;

    /** @param goodbye how long closing waits for what is being done */
    public BackgroundThread(String name, Duration goodbye) {
        this.goodbye = goodbye;
        this.executor = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Works after {@code delay}, and an interval after it was done again. What {@code work} throws would end that in silence. */
    public void repeat(Runnable work, Duration delay, Duration interval) {
        var unused = executor.scheduleWithFixedDelay(work, delay.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Works soon, once; returns at once. After the end, nothing is done. */
    public void soon(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("Nothing is done after the end", e);
        }
    }

    /**
     * Does what was asked for, and nothing again. What is being done ends by itself, if it does so soon: an interruption would close the
     * files of a database in this process.
     */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(goodbye.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
