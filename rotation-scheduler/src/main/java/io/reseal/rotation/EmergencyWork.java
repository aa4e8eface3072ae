package io.reseal.rotation;

import io.reseal.keys.KeyId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node does in the background about compromised keys: about each of them one thing after the other. */
final class EmergencyWork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyWork.class);

    private final ExecutorService threads = Executors.newCachedThreadPool(EmergencyWork::daemon);
    private final Map<KeyId, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "reseal-emergency");
        thread.setDaemon(true);
        return thread;
    }

    /** After what was added before it about the same key, whatever that came to. */
    void add(KeyId key, Runnable work) {
        last.compute(
                key,
                (same, before) -> before == null
                        ? CompletableFuture.runAsync(work, threads)
                        : before.handle((done, failure) -> null).thenRunAsync(work, threads));
    }

    boolean isBusyWith(KeyId key) {
        return Optional.ofNullable(last.get(key)).filter(work -> !work.isDone()).isPresent();
    }

    /**
     * Returns once nothing is left of what was added about a key, or after a time, or if the thread is interrupted, which it stays. What the
     * last of it failed with is thrown.
     */
    void await(KeyId key, Duration atMost) {
        CompletableFuture<Void> work = last.getOrDefault(key, CompletableFuture.completedFuture(null));
        try {
            work.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw unchecked(e);
        } catch (TimeoutException e) {
            LOG.debug("The work about {} goes on", key);
        }
    }

    private static RuntimeException unchecked(ExecutionException e) {
        return e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
    }

    boolean isClosed() {
        return threads.isShutdown();
    }

    /** Leaves off; another node, or the next call, goes on. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
