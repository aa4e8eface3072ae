package io.reseal.keys;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that keeps one registry's keyring new, so that no application thread has to read in passing. */
final class KeyringRefresher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringRefresher.class);
    private static final String THREAD = "reseal-keys-refresh";
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, THREAD);
        thread.setDaemon(true);
        return thread;
    });

    private KeyringRefresher() {}

    /**
     * Reads from now on, an interval after the last reading ended; {@code cache} leaves it to this thread.
     *
     * @param afterwards what else is done each time; never fails
     */
    static KeyringRefresher start(KeyringCache cache, Runnable afterwards, Duration interval) {
        KeyringRefresher refresher = new KeyringRefresher();
        long nanos = interval.toNanos();
        Runnable work = () -> goOn(() -> {
            cache.readIfDue();
            afterwards.run();
        });
        var unused = refresher.executor.scheduleWithFixedDelay(work, nanos, nanos, TimeUnit.NANOSECONDS);
        cache.leaveReadingInPassing();
        return refresher;
    }

    /** What is thrown here would end all later readings in silence: the node would not hear of a suspension any more. */
    private static void goOn(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            LOG.error("The keys could not be read. They are read again after the next refresh interval", e);
        }
    }

    /** Lets a reading end by itself: an interruption would close the files of a database in this process. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
