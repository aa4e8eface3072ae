package io.reseal.rotation.reencryption;

import io.reseal.rotation.pace.Pacing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * How far a run is, over all nodes.
 *
 * @param startedAt when the run was planned, by the database's clock
 * @param rowsPerSecond rows that all nodes together re-encrypted per second lately, as this node saw it
 * @param eta how long the rest takes at the present pace; empty while that is not known, and when the run is not running
 * @param failure what stopped the run: the error's class and SQL state, never its message; present only in state FAILED
 * @param pacing how fast this node works, and why not faster: what is held back does not hang
 * @param tables one line per table
 */
public record Progress(
        RunId run,
        RunState state,
        Instant startedAt,
        double rowsPerSecond,
        Optional<Duration> eta,
        Optional<String> failure,
        Pacing pacing,
        List<TableProgress> tables) {

    public Progress {
        tables = List.copyOf(tables);
    }

    /** Rows that the run has re-encrypted. */
    public long changed() {
        return sum(TableProgress::changed);
    }

    /** Rows that the application changed before the run could. */
    public long superseded() {
        return sum(TableProgress::superseded);
    }

    /** Values that could not be opened or written and were left as they are. */
    public long quarantined() {
        return sum(TableProgress::quarantined);
    }

    /** Rows that others held locked and that the run comes back to. */
    public long tail() {
        return sum(TableProgress::tail);
    }

    /** Rows in all tables of the run, as estimated when it was planned; not all of them need to be stale. */
    public long estimatedRows() {
        return sum(TableProgress::estimatedRows);
    }

    public int rangesDone() {
        return count(TableProgress::rangesDone);
    }

    public int rangesTotal() {
        return count(TableProgress::rangesTotal);
    }

    private long sum(ToLongFunction<TableProgress> number) {
        return tables.stream().mapToLong(number).sum();
    }

    private int count(ToIntFunction<TableProgress> number) {
        return tables.stream().mapToInt(number).sum();
    }
}
