package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with the test's class path. It is told what to do by lines on its standard input and answers by lines on
 * its standard output; everything that it prints is kept in a log.
 */
public final class JvmProcess {

    private static final Duration ANSWER = Duration.ofSeconds(90);
    private static final int REMEMBERED = 20;
    private static final String FAILED = "failed ";
    private static final String END = "the process has ended";

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintWriter input;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    private JvmProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.input = new PrintWriter(process.outputWriter(UTF_8), true);
    }

    static JvmProcess start(String name, Class<?> main, List<String> arguments) throws IOException {
        return start(name, main, arguments, Path.of("target", "attack"));
    }

    /** The same with its log in {@code logs}. */
    public static JvmProcess start(String name, Class<?> main, List<String> arguments, Path logs) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ClassArchive.java());
        command.addAll(ClassArchive.MEMORY);
        command.addAll(ClassArchive.options());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8"));
        command.addAll(List.of("-cp", ClassArchive.CLASS_PATH, main.getName()));
        command.addAll(arguments);
        Path log = Files.createTempFile(Files.createDirectories(logs), name + "-", ".log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        JvmProcess jvm = new JvmProcess(name, log, process);
        Thread reader = new Thread(jvm::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
        return jvm;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log), true)) {
            lines.lines().forEach(line -> {
                copy.println(line);
                output.add(line);
            });
        } catch (UncheckedIOException e) {
            output.add("its output broke off: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            output.add(END);
        }
    }

    public void tell(String line) {
        input.println(line);
    }

    /** The rest of the next line that begins with {@code prefix}; lines before it are passed over. */
    public String answer(String prefix) throws InterruptedException {
        long deadline = System.nanoTime() + ANSWER.toNanos();
        List<String> passed = new ArrayList<>();
        while (true) {
            String line = output.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END) || line.startsWith(FAILED)) {
                passed.add(String.valueOf(line));
                throw new AssertionError(name + " did not say '" + prefix + "' but " + passed + "; see " + log);
            }
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length()).trim();
            }
            passed.add(line);
            if (passed.size() > REMEMBERED) {
                passed.remove(0);
            }
        }
    }

    /** SIGSTOP: it stays as it is, in the middle of whatever it does. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** SIGQUIT: it writes what its threads are at into its log. */
    public void dumpThreads() throws IOException, InterruptedException {
        signal("QUIT");
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(ANSWER.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(name + " outlived SIGKILL");
        }
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("SIG" + signal + " did not reach " + name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
