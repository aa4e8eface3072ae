package io.reseal.internal.store;

import io.reseal.AnchorUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.keys.spi.Anchor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An anchor in a file of this node: replaced by a rename, on the disk before that. A file beside it, which is never deleted,
 * serializes processes.
 */
public final class FileAnchor implements Anchor {

    private static final Logger LOG = LoggerFactory.getLogger(FileAnchor.class);
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final int ATTEMPTS = 1_000;

    private final Path file;

    public FileAnchor(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public Optional<String> read() {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unavailable("read", e);
        }
    }

    @Override
    public void update(Function<Optional<String>, Optional<String>> change) {
        try {
            Files.createDirectories(directory());
            try (FileChannel guard =
                    FileChannel.open(sibling(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(guard);
                Optional<String> next = change.apply(read());
                if (next.isPresent()) {
                    write(next.get());
                }
            }
        } catch (IOException e) {
            throw unavailable("written", e);
        }
    }

    /** Until the channel is closed. Others, in this process or another, have it for a moment only. */
    private static void lock(FileChannel guard) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                if (guard.tryLock() != null) {
                    return;
                }
            } catch (OverlappingFileLockException e) {
                LOG.trace("Another anchor of this process is at the file", e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IOException("another process kept the file to itself for " + PAUSE.multipliedBy(ATTEMPTS));
    }

    private void write(String text) throws IOException {
        Path draft = sibling(".tmp");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
    }

    /** The rename itself has to reach the disk; where a directory cannot be opened, the file system sees to that. */
    private void forceDirectory() throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel directory = FileChannel.open(directory(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
    }

    private Path sibling(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private Path directory() {
        return Objects.requireNonNull(file.getParent(), "an absolute file is in a directory");
    }

    private AnchorUnavailableException unavailable(String verb, IOException cause) {
        return new AnchorUnavailableException(
                "The anchor " + file + " (" + ResealSettings.ANCHOR + ") cannot be " + verb
                        + ". Let Reseal's user read and write the file and its directory, and keep it when the node is"
                        + " deployed again",
                cause);
    }
}
