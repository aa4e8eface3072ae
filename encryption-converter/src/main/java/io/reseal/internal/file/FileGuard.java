package io.reseal.internal.file;

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
public final class FileGuard {

    private static final Logger LOG = LoggerFactory.getLogger(FileGuard.class);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Path file;
    private final Duration patience;

    /**
     * @param guarded the file that is worked at
     * @param patience how long to wait at least for whoever is at the file
     */
    public FileGuard(Path guarded, Duration patience) {
        this.file = guarded.resolveSibling(guarded.getFileName() + ".lock");
        this.patience = patience;
    }

    /** What is done at the file. */
    public interface Work {
        void run() throws IOException;
    }

    /**
     * Works at the file when nobody else does.
     *
     * @throws IOException if {@code work} throws it; or the file cannot be locked, or others keep it: {@code work} was not run
     */
    public void alone(Work work) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel);
            work.run();
        }
    }

    /** Until the channel is closed. */
    private void lock(FileChannel channel) throws IOException {
        for (long i = patience.dividedBy(PAUSE); i >= 0; i--) {
            try {
                if (channel.tryLock() != null) {
                    return;
                }
            } catch (OverlappingFileLockException e) {
                LOG.trace("Another thread of this process is at the file", e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IOException("another process kept the file to itself for " + patience);
    }
}
