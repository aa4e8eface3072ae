package io.reseal.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one process, and one thread of it, after the other at a file: by a lock on a file beside it, which is never deleted. */
final class FileGuard {

    private static final Logger LOG = LoggerFactory.getLogger(FileGuard.class);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final int ATTEMPTS = 2_000;

    private final Path file;

    FileGuard(Path file) {
        this.file = file;
    }

    /** @throws IOException if the file cannot be locked, or others keep it; {@code work} was not run */
    void alone(Runnable work) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel);
            work.run();
        }
    }

    /** Until the channel is closed. */
    private static void lock(FileChannel channel) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                if (channel.tryLock() != null) {
                    return;
                }
            } catch (OverlappingFileLockException e) {
                LOG.trace("Another thread of this process is at the file", e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IOException("another process kept the file to itself for " + PAUSE.multipliedBy(ATTEMPTS));
    }
}
