package io.reseal.audit;

import io.reseal.ResealConfigurationException;
import io.reseal.internal.file.FileGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Checkpoints in a file that grows line by line; each is on the disk when {@link #append} returns. Give each node a file of
 * its own, and copy it to where the database's administrators cannot write.
 */
public final class FileCheckpointSink implements CheckpointSink {

    /** Whoever is at the file reads the ends of all chains meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Path file;
    private final FileGuard guard;

    /**
     * @param name different for each node, for example its host name
     * @param file made when the first checkpoint is written
     */
    public FileCheckpointSink(String name, Path file) {
        this.name = name;
        this.file = file.toAbsolutePath();
        this.guard = new FileGuard(this.file, PATIENCE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void alone(Runnable work) {
        try {
            Files.createDirectories(directory());
            guard.alone(work::run);
        } catch (IOException e) {
            throw unusable("written", e);
        }
    }

    @Override
    public void append(String line) {
        try {
            Files.createDirectories(directory());
            boolean isNew = !Files.exists(file);
            dropTornLine();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (isNew) {
                forceDirectory();
            }
        } catch (IOException e) {
            throw unusable("written", e);
        }
    }

    /** The file's name has to reach the disk as well; where a directory cannot be opened, the file system sees to that. */
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

    @Override
    public void lines(Consumer<String> each) {
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            long whole = wholeLines();
            for (String line = reader.readLine(); line != null && whole > 0; line = reader.readLine()) {
                whole -= line.length() + 1L;
                each.accept(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw unusable("read", e);
        }
    }

    /** A crash while a line was written leaves one without an end; the log does not tell of its checkpoint yet. */
    private void dropTornLine() throws IOException {
        if (Files.exists(file) && Files.size(file) > wholeLines()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(wholeLines());
            }
        }
    }

    /** The length of what ends with a line break. */
    private long wholeLines() throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
            long end = bytes.length();
            while (end > 0) {
                bytes.seek(end - 1);
                if (bytes.read() == '\n') {
                    return end;
                }
                end--;
            }
            return 0;
        }
    }

    private ResealConfigurationException unusable(String verb, IOException cause) {
        return new ResealConfigurationException(
                "The file of audit checkpoints " + file + " cannot be " + verb
                        + ". Check that its directory exists, is writable and has room",
                cause);
    }
}
