package io.reseal.rotation.reencryption;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceOptions;
import java.time.Duration;
import java.util.Set;

/**
 * How this node works on a run. {@link #defaults()} and the {@code with…} methods make
 * one.
 *
 * @param workers threads on this node, 1 to {@value #MAX_WORKERS}; one of them works while the run is throttled
 * @param batchRows rows per transaction at most, 1 to {@value #MAX_BATCH_ROWS}; with full effort, this many
 * @param batchesPerWindow transactions per window, 1 to {@value #MAX_BATCHES}; a window is read as a
 *     whole, and its rows are dealt out to the transactions like cards
 * @param windowBytes sealed bytes per window, at least one: a single longer value is a window of its own
 * @param pauseBetweenBatches how long a worker rests after each transaction; zero for not at all
 * @param lease for how long the other nodes leave a range to a worker that has gone silent
 * @param pace how the run keeps out of others' way
 * @param acknowledged what may be so although it would refuse the run, each as {@link Finding#acknowledgement()} has it
 */
public record ReencryptionOptions(
        int workers,
        int batchRows,
        int batchesPerWindow,
        long windowBytes,
        Duration pauseBetweenBatches,
        Duration lease,
        PaceOptions pace,
        Set<String> acknowledged) {

    public static final int MAX_WORKERS = 16;
    public static final int MAX_BATCH_ROWS = 5_000;
    public static final int MAX_BATCHES = 64;

    private static final int MAX_WINDOW_BYTES = 64 << 20;
    private static final Duration MIN_LEASE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofHours(1);
    private static final ReencryptionOptions DEFAULTS = new ReencryptionOptions(
            2, 1_000, 64, 8 << 20, Duration.ZERO, Duration.ofSeconds(30), PaceOptions.defaults(), Set.of());

    public ReencryptionOptions {
        acknowledged = Set.copyOf(acknowledged);
        require(workers, MAX_WORKERS, "workers");
        require(batchRows, MAX_BATCH_ROWS, "batchRows");
        require(batchesPerWindow, MAX_BATCHES, "batchesPerWindow");
        require(windowBytes, MAX_WINDOW_BYTES, "windowBytes");
        if (pauseBetweenBatches.isNegative() || pauseBetweenBatches.compareTo(MAX_PAUSE) > 0) {
            throw new IllegalArgumentException(
                    "pauseBetweenBatches is " + pauseBetweenBatches + ": use zero to " + MAX_PAUSE);
        }
        if (lease.compareTo(MIN_LEASE) < 0) {
            throw new IllegalArgumentException("lease is " + lease + ": use at least " + MIN_LEASE);
        }
    }

    /** Two workers, windows of 64 × 1,000 rows and at most 8 MiB, no pause, a lease of 30 seconds, balanced effort. */
    public static ReencryptionOptions defaults() {
        return DEFAULTS;
    }

    public ReencryptionOptions withWorkers(int number) {
        return new ReencryptionOptions(
                number, batchRows, batchesPerWindow, windowBytes, pauseBetweenBatches, lease, pace, acknowledged);
    }

    /** Windows of {@code batches} × {@code rows}. */
    public ReencryptionOptions withWindow(int rows, int batches) {
        return new ReencryptionOptions(
                workers, rows, batches, windowBytes, pauseBetweenBatches, lease, pace, acknowledged);
    }

    public ReencryptionOptions withWindowBytes(long bytes) {
        return new ReencryptionOptions(
                workers, batchRows, batchesPerWindow, bytes, pauseBetweenBatches, lease, pace, acknowledged);
    }

    public ReencryptionOptions withPauseBetweenBatches(Duration pause) {
        return new ReencryptionOptions(
                workers, batchRows, batchesPerWindow, windowBytes, pause, lease, pace, acknowledged);
    }

    public ReencryptionOptions withLease(Duration duration) {
        return new ReencryptionOptions(
                workers, batchRows, batchesPerWindow, windowBytes, pauseBetweenBatches, duration, pace, acknowledged);
    }

    /** How hard all nodes work on a run that this node starts, at all times. */
    public ReencryptionOptions withEffort(Effort effort) {
        return withPace(pace.withEffort(EffortPlan.always(effort)));
    }

    public ReencryptionOptions withPace(PaceOptions options) {
        return new ReencryptionOptions(
                workers, batchRows, batchesPerWindow, windowBytes, pauseBetweenBatches, lease, options, acknowledged);
    }

    /** Starts the run although these were found; they are recorded with it. A refusal's message says what to pass. */
    public ReencryptionOptions withAcknowledged(Set<String> findings) {
        return new ReencryptionOptions(
                workers, batchRows, batchesPerWindow, windowBytes, pauseBetweenBatches, lease, pace, findings);
    }

    /** Rows per window, at most. */
    public int windowRows() {
        return batchRows * batchesPerWindow;
    }

    private static void require(long value, int max, String name) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ": use 1 to " + max);
        }
    }
}
