package io.reseal.keys;

import io.reseal.internal.background.BackgroundThread;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that keeps one registry's keyring new, so that no application thread has to read in passing. */
final class KeyringRefresher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringRefresher.class);
    private static final String THREAD = "reseal-keys-refresh";
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final BackgroundThread thread = new BackgroundThread(THREAD, GOODBYE);

    private KeyringRefresher() {}

    /**
     * Reads from now on, an interval after the last reading ended; {@code cache} leaves it to this thread.
     *
     * @param afterwards what else is done each time; never fails
     */
    static KeyringRefresher start(KeyringCache cache, Runnable afterwards, Duration interval) {
        KeyringRefresher refresher = new KeyringRefresher();
        Runnable work = () -> goOn(() -> {
            cache.readIfDue();
            afterwards.run();
        });
        refresher.thread.repeat(work, interval, interval);
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

    @Override
    public void close() {
        thread.close();
    }
}
