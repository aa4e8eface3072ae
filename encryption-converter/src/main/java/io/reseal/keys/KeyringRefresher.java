package io.reseal.keys;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread that keeps one registry's keyring new, so that no application thread has to read in passing. */
final class KeyringRefresher implements AutoCloseable {

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
        Runnable work = () -> {
            cache.readIfDue();
            afterwards.run();
        };
        var unused = refresher.executor.scheduleWithFixedDelay(work, nanos, nanos, TimeUnit.NANOSECONDS);
        cache.leaveReadingInPassing();
        return refresher;
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
