package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Target;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs the engine in processes whose whole heap is {@value #LIMIT_MIB} MiB for each worker. */
final class HeapRuns {

    static final int LIMIT_MIB = 64;

    private static final String COPY = "heap";
    private static final double MIB = 1 << 20;

    private final Server server;

    /** The template that is copied, its rows, and what it is called in the figure's name. */
    record Table(String label, String template, long rows) {}

    HeapRuns(Server server) {
        this.server = server;
    }

    /**
     * The most that lived, per worker, as a figure.
     *
     * @throws WrongRunException if the heap was too small
     */
    Figure figure(Table table, int workers) {
        long rows = table.rows();
        Database database = server.copy(table.template(), COPY);
        double mib = mostAlive(database, rows, workers) / MIB;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("heapLimitMiB", LIMIT_MIB * workers);
        details.put("heapMiB", mib);
        details.put("rows", rows);
        return new Figure(
                "heap for each worker, " + new EngineRun(workers).name() + ", " + table.label(),
                "MiB",
                new Spread(List.of(mib / workers)),
                Optional.of(Target.atMost(LIMIT_MIB)),
                details);
    }

    private static long mostAlive(Database database, long rows, int workers) {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + LIMIT_MIB * workers + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classPath(),
                HeapProbe.class.getName(),
                database.name(),
                database.url(),
                database.kekFile().toString(),
                Long.toString(rows),
                Integer.toString(workers));
        try {
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            WrongRunException.require(
                    status == 0,
                    "In a heap of " + LIMIT_MIB * workers + " MiB the engine with " + workers
                            + " workers did not finish (exit status " + status + ")");
            return Long.parseLong(output.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("The process could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a process ran", e);
        }
    }

    /** Maven runs the benchmark in a class loader of its own, which the property knows nothing of. */
    private static String classPath() {
        return HeapRuns.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(HeapRuns::file).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private static String file(URL url) {
        return Path.of(URI.create(url.toString())).toString();
    }
}
