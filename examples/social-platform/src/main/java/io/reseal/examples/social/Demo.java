package io.reseal.examples.social;

import io.reseal.examples.social.Latencies.Percentiles;
import io.reseal.examples.social.Stages.Interlude;
import io.reseal.examples.social.Stages.Stage;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.RotationScheduler;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A social platform whose keys are rotated while four writers work on it: everything is re-encrypted, nothing is lost and
 * nothing is left behind, and the demo shows and checks it. The options are system properties; {@link DemoOptions} has
 * them all. The exit status is 0 if every check passed.
 */
public final class Demo {

    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int BAD_OPTION = 2;
    private static final int STOPPED = 130;

    private final DemoOptions options;
    private final Stage stage;

    Demo(DemoOptions options, Stage stage) {
        this.options = options;
        this.stage = stage;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        StopSignal stop = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(stop::requestAndAwaitEnd, "stop"));
        int status = FAILED;
        try {
            Terminal terminal = new Terminal(out, isTerminal());
            Stage stage = new Stage(terminal, stop, Interlude.NONE);
            status = new Demo(DemoOptions.from(System.getProperties()), stage).run();
        } catch (BadOptionException e) {
            out.println(e.getMessage());
            status = BAD_OPTION;
        } finally {
            out.flush();
            stop.ended();
        }
        System.exit(status);
    }

    /** Runs the demo and returns its exit status. */
    int run() {
        Path folder = newFolder();
        try (Platform platform = Platform.open(open(folder), folder)) {
            return tell(platform, new Stages(options, platform, stage), folder);
        } catch (StopSignal.StoppedException e) {
            stage.terminal().line("%s", "The demo was stopped before its proof");
            return STOPPED;
        } catch (BadOptionException e) {
            throw e;
        } catch (RuntimeException e) {
            stage.terminal().line("FAILED      %s: %s", e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
            return FAILED;
        }
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Demo::isTerminal).isPresent();
    }

    /** From JDK 22 on there is a console even where there is no terminal, and a method that tells. */
    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private DemoDatabase open(Path folder) {
        stage.terminal().heading("Reseal: a social platform");
        DemoDatabase database = DemoDatabase.open(options.database(), folder);
        stage.terminal().line("%s", database);
        return database;
    }

    private int tell(Platform platform, Stages stages, Path folder) {
        stages.populate();
        stages.showRawRows("What a DBA sees before");
        Percentiles before = stages.measureBefore();
        try (KeyRotation keys = KeyRotation.open(platform.resealSettings());
                RotationScheduler scheduler =
                        RotationScheduler.open(keys, platform.resealSettings()).start()) {
            stages.showTimetable(scheduler);
            List<Rotation.Outcome> outcomes = switch (options.scenario()) {
                case ROTATION -> stages.rotate(keys, scheduler);
                case EMERGENCY -> stages.respond(keys);
            };
            stages.prove(keys, scheduler);
            if (options.scenario() == Scenario.EMERGENCY) {
                stages.file(keys, folder);
            }
            long rows = stages.verify();
            stages.showRawRows("What a DBA sees after");
            stages.summarize(before, outcomes, rows);
            if (stages.failure().isPresent()) {
                return FAILED;
            }
            if (!options.exit()) {
                stages.goOn();
            }
        }
        platform.writers().close();
        Tally tally = platform.writers().tally();
        stage.terminal().line("stopped     %s", tally);
        return tally.faultDescriptions().isEmpty() ? PASSED : FAILED;
    }

    private Path newFolder() {
        try {
            Files.createDirectories(options.folder());
            return Files.createTempDirectory(options.folder(), "demo-");
        } catch (IOException e) {
            throw new UncheckedIOException("No folder can be made in " + options.folder(), e);
        }
    }
}
