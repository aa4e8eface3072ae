package io.reseal.examples.social;

import io.reseal.keys.KeyType;
import io.reseal.rotation.Progress;
import io.reseal.rotation.TableProgress;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/** Shows a run as it goes: a bar on a terminal, and elsewhere a line every two seconds. For one thread. */
interface ProgressView extends AutoCloseable {

    void show(Progress progress);

    @Override
    void close();

    static ProgressView of(Terminal terminal, KeyType keyType, Latencies latencies) {
        return terminal.isInteractive()
                ? new Bar(terminal, keyType, latencies)
                : new Lines(terminal, keyType, latencies);
    }

    /** Rows that need no more work; in a table that was worked off these are all, whether they had to change or not. */
    private static long done(Progress progress) {
        return progress.tables().stream().mapToLong(ProgressView::done).sum();
    }

    private static long done(TableProgress table) {
        return table.rangesDone() == table.rangesTotal()
                ? table.estimatedRows()
                : Math.min(table.estimatedRows(), table.changed() + table.superseded() + table.quarantined());
    }

    /** A bar that is drawn again and again on one line. */
    final class Bar implements ProgressView {

        private final ProgressBar bar;
        private final Latencies latencies;

        Bar(Terminal terminal, KeyType keyType, Latencies latencies) {
            this.bar = terminal.bar(keyType.name(), 1);
            this.latencies = latencies;
        }

        @Override
        public void show(Progress progress) {
            bar.maxHint(progress.estimatedRows());
            bar.stepTo(done(progress));
            bar.setExtraMessage(
                    String.format(Locale.ROOT, " %,.0f rows/s, %s", progress.rowsPerSecond(), latencies.recent()));
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** Plain lines, for a log. */
    final class Lines implements ProgressView {

        private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

        private final Terminal terminal;
        private final KeyType keyType;
        private final Latencies latencies;
        private long next = System.nanoTime();

        Lines(Terminal terminal, KeyType keyType, Latencies latencies) {
            this.terminal = terminal;
            this.keyType = keyType;
            this.latencies = latencies;
        }

        @Override
        public void show(Progress progress) {
            if (System.nanoTime() < next) {
                return;
            }
            next += INTERVAL;
            terminal.line(
                    "%s %d %%, %,d rows, %,.0f rows/s%s, %s",
                    keyType,
                    100 * done(progress) / Math.max(1, progress.estimatedRows()),
                    progress.changed(),
                    progress.rowsPerSecond(),
                    progress.eta().map(eta -> ", ETA " + eta.toSeconds() + " s").orElse(""),
                    latencies.recent());
        }

        @Override
        public void close() {}
    }
}
