package io.reseal.rotation.internal.reencrypt;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** What a worker has done for it while it waits for the database. One task after another. */
final class SecondThread implements AutoCloseable {

    private final ExecutorService thread;

    SecondThread(String name) {
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
    }

    /** Begins the task; what is returned waits for its result, and throws what it threw. */
    <T> Supplier<T> begin(Supplier<T> task) {
        CompletableFuture<T> result = CompletableFuture.supplyAsync(task, thread);
        return () -> joined(result);
    }

    private static <T> T joined(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The thread ends with the task that it has in hand. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
