package io.reseal.benchmarks.foreground;

import io.reseal.benchmarks.stage.Database;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The traffic in a JVM of its own, so that neither side's garbage stops the other. */
final class TrafficProcess implements AutoCloseable {

    private static final int STOP_SECONDS = 10;

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter commands;

    TrafficProcess(Database database, long rows) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xms256m",
                            "-Xmx256m",
                            "-cp",
                            classPath(),
                            TrafficMain.class.getName(),
                            database.url(),
                            String.valueOf(rows))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = process.inputReader(StandardCharsets.UTF_8);
            commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        } catch (IOException e) {
            throw new UncheckedIOException("The traffic did not start", e);
        }
    }

    /**
     * What the requests of a phase felt, in microseconds.
     *
     * @param failures requests that were rolled back
     * @param medians and
     * @param highs the 99th percentiles, of each quarter of a second
     */
    record Felt(long requests, long failures, long median, long high, List<Long> medians, List<Long> highs) {}

    /** Transactions per second. */
    double closed(int seconds) {
        String[] numbers = ask("closed " + seconds).split(" ", -1);
        if (Long.parseLong(numbers[1]) > 0) {
            throw new IllegalStateException(numbers[1] + " requests failed beside nobody");
        }
        return Double.parseDouble(numbers[0]);
    }

    Felt open(double perSecond, int seconds) {
        List<Long> numbers = Stream.of(ask("open " + perSecond + " " + seconds).split(" ", -1))
                .map(Long::valueOf)
                .toList();
        List<Long> medians = new ArrayList<>();
        List<Long> highs = new ArrayList<>();
        for (int i = 4; i < numbers.size(); i += 2) {
            medians.add(numbers.get(i));
            highs.add(numbers.get(i + 1));
        }
        return new Felt(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3), medians, highs);
    }

    private String ask(String command) {
        commands.println(command);
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("The traffic ended before it had answered");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        return Stream.of(
                        "io.reseal.benchmarks.foreground.TrafficMain",
                        "org.postgresql.Driver",
                        Histogram.class.getName())
                .map(TrafficProcess::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(String type) {
        try {
            return Path.of(Class.forName(type)
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IllegalStateException(type + " is not on the class path", e);
        }
    }

    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
