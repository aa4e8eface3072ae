package io.reseal.benchmarks.report;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** Tells a person where a long benchmark is: one line for each step, with the time that passed and what is about to come. */
public final class Narrator {

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final long start = System.nanoTime();
    private long firstStep;
    private int done;
    private int steps;

    /** Begins a sequence of steps that take about as long as each other, all in all. */
    public void expect(int number) {
        steps = number;
        done = 0;
        firstStep = System.nanoTime();
    }

    /** Says that a step of the sequence is done. */
    public void step(String what) {
        done++;
        Duration each = Duration.ofNanos(System.nanoTime() - firstStep).dividedBy(done);
        say(String.format(
                Locale.ROOT,
                "%3d of %d, about %s to go · %s",
                done,
                steps,
                time(each.multipliedBy(steps - (long) done)),
                what));
    }

    public void say(String what) {
        out.println(time(Duration.ofNanos(System.nanoTime() - start)) + "  " + what);
    }

    /** Prints a text as it is. */
    public void print(String text) {
        out.println(text);
    }

    private static String time(Duration duration) {
        return String.format(Locale.ROOT, "%02d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }
}
