package io.reseal.internal.store;

import io.reseal.AnchorUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.internal.file.FileGuard;
import io.reseal.keys.spi.Anchor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * An anchor in a file of this node: replaced by a rename, on the disk before that. A file beside it, which is never deleted,
 * serializes processes.
 */
public final class FileAnchor implements Anchor {

    /** Others are at the file for a moment only, and whoever reads the keys has a lease to renew. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Path file;
    private final FileGuard guard;

    public FileAnchor(Path file) {
        this.file = file.toAbsolutePath();
        this.guard = new FileGuard(this.file, PATIENCE);
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
            guard.alone(() -> {
                Optional<String> next = change.apply(read());
                if (next.isPresent()) {
                    write(next.get());
                }
            });
        } catch (IOException e) {
            throw unavailable("written", e);
        }
    }

    private void write(String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
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
