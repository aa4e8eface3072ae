package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoProcessTest {

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void goesOnAfterTheProofUntilItIsStoppedAndThenCountsWhatTheWritersDid() throws Exception {
        Process demo = start("-Ddemo.users=200", "-Ddemo.measure=1");
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = demo.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.startsWith("The writers go on")) {
                    demo.toHandle().destroy(); // the process's own method would close its output as well
                }
            }
        }
        assertThat(demo.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(lines.get(lines.size() - 1)).contains("stopped", "reads", "0 faults");
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("all 8 checks passed"));
        assertThat(errorsWithoutDeadlocks())
                .as("no log noise but the warning about the development KEK")
                .hasSize(1);
    }

    @Test
    void endsWithTwoAndOneLineForABadOption() throws Exception {
        Process demo = start("-Ddemo.users=many");
        assertThat(demo.inputReader().lines()).singleElement().asString().contains("demo.users", "whole number");
        assertThat(demo.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(2);
        assertThat(errors()).isEmpty();
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-Ddemo.folder=" + folder);
        command.addAll(List.of("-classpath", classPath(), Demo.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
        started.add(process);
        return process;
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** H2 ends a deadlock at anybody's expense, and Hibernate says so; the writers repeat what was undone. */
    private List<String> errorsWithoutDeadlocks() throws IOException {
        return String.join("\n", errors())
                .replaceAll("(?s)WARN +HHH000247: ErrorCode: 40001.*?\\[40001-\\d+\\]\n?", "")
                .lines()
                .toList();
    }

    private List<String> errors() throws IOException {
        return Files.readAllLines(folder.resolve("errors"));
    }
}
