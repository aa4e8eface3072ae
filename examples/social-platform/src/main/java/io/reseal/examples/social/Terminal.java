package io.reseal.examples.social;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Where the demo prints: at most 100 columns, a heading for each stage, and moving bars only if somebody watches. */
final class Terminal {

    private static final int WIDTH = 96;
    private static final int REDRAW_MILLIS = 250;

    private final PrintStream out;
    private final boolean interactive;

    /** @param interactive whether {@code out} is a terminal, on which a line may be drawn again */
    Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    boolean isInteractive() {
        return interactive;
    }

    void heading(String text) {
        out.println();
        out.println(interactive ? "\u001b[1m" + text + "\u001b[0m" : text);
        out.flush();
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation would be one more dependency
    void line(String format, Object... arguments) {
        out.println("  " + String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    void lines(List<String> lines) {
        lines.forEach(line -> line("%s", line));
    }

    void check(Check check) {
        line("%s %-47s %s", check.passed() ? "✓" : "✗", check.name(), check.finding());
    }

    ProgressBar bar(String task, long rows) {
        return new ProgressBarBuilder()
                .setTaskName("  " + task)
                .setInitialMax(Math.max(1, rows))
                .setUnit(" rows", 1)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                .build();
    }
}
