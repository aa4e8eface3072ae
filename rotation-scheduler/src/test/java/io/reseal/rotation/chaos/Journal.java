package io.reseal.rotation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the writers of one process mean to commit, and what became of it: a file that outlives the process, because each line
 * is handed to the operating system as a whole. A transaction without an outcome is one of which nobody knows.
 */
final class Journal implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUFFIX = ".journal";

    /** Tells a whole line from one that is being written. */
    private static final String END = "\t.\n";

    private final FileChannel file;
    private long transactions;

    Journal(Path directory, String node) throws IOException {
        file = FileChannel.open(
                directory.resolve(node + SUFFIX), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Returns the transaction's number. */
    synchronized long intended(List<Expectations.Intent> intents) {
        transactions++;
        StringBuilder lines = new StringBuilder();
        for (Expectations.Intent intent : intents) {
            lines.append("I\t")
                    .append(transactions)
                    .append('\t')
                    .append(JSON.writeValueAsString(intent))
                    .append(END);
        }
        write(lines.toString());
        return transactions;
    }

    synchronized void committed(long transaction) {
        write("C\t" + transaction + END);
    }

    synchronized void rolledBack(long transaction) {
        write("R\t" + transaction + END);
    }

    /** A reader saw what it must not see. */
    synchronized void violated(String how) {
        write("V\t" + how + END);
    }

    private void write(String lines) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Adds what the processes whose names begin so wrote into their journals; returns what readers complained of. */
    static List<String> readAll(Path directory, String nodes, Expectations expectations) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .filter(file -> file.getFileName().toString().startsWith(nodes))
                    .flatMap(file -> read(file, expectations).stream())
                    .toList();
        }
    }

    private static List<String> read(Path file, Expectations expectations) {
        Map<String, List<Expectations.Intent>> open = new HashMap<>();
        List<String> complaints = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.filter(line -> line.endsWith("\t."))
                    .map(line -> line.split("\t", -1))
                    .forEach(line -> {
                        switch (line[0]) {
                            case "I" -> {
                                Expectations.Intent intent = JSON.readValue(line[2], Expectations.Intent.class);
                                open.computeIfAbsent(line[1], none -> new ArrayList<>())
                                        .add(intent);
                                expectations.intended(intent);
                            }
                            case "C" -> closed(open, line[1]).forEach(expectations::committed);
                            case "R" -> closed(open, line[1]).forEach(expectations::rolledBack);
                            default -> complaints.add(file.getFileName() + ": " + line[1]);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return complaints;
    }

    private static List<Expectations.Intent> closed(Map<String, List<Expectations.Intent>> open, String transaction) {
        return Objects.requireNonNull(open.remove(transaction), "an outcome without an intent");
    }
}
