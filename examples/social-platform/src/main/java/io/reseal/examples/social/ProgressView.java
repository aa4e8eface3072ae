package io.reseal.examples.social;

import io.reseal.keys.KeyType;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;

/** Shows a re-encryption as it goes: a bar on a terminal, and elsewhere a line every two seconds. For one thread. */
interface ProgressView extends AutoCloseable {

    /** Draws or prints how far it is; of the rows that were to change, writers may have changed some. */
    void show(long rows, long rowsToChange);

    @Override
    void close();

    static ProgressView of(Terminal terminal, KeyType keyType, Latencies latencies) {
        return terminal.isInteractive()
                ? new Bar(terminal, keyType, latencies)
                : new Lines(terminal, keyType, latencies);
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
        public void show(long rows, long rowsToChange) {
            bar.maxHint(Math.max(rows, rowsToChange));
            bar.stepTo(rows);
            bar.setExtraMessage(" " + latencies.recent());
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
        public void show(long rows, long rowsToChange) {
            if (System.nanoTime() < next) {
                return;
            }
            next += INTERVAL;
            terminal.line(
                    "%s %d %%, %,d rows, %s",
                    keyType, 100 * rows / Math.max(1, Math.max(rows, rowsToChange)), rows, latencies.recent());
        }

        @Override
        public void close() {}
    }
}
