package io.reseal.benchmarks.rotation;

import java.time.Duration;
import java.util.Optional;

/**
 * What one contender did and cost in one round.
 *
 * @param rows rows that were rewritten
 * @param work how long that took
 * @param walBytes what the server logged meanwhile
 * @param clientCpu processor time of this process meanwhile
 * @param serverCpu processor time of the server's processes meanwhile
 * @param hotUpdates updates that found room on their own page and left the indexes alone
 * @param updates all updates
 * @param tableGrowth the table's size afterwards, to its size before
 * @param totalGrowth the same with its indexes
 * @param verification how long the pass took that verifies the result, where there is one
 */
record Measurement(
        long rows,
        Duration work,
        long walBytes,
        Duration clientCpu,
        Duration serverCpu,
        long hotUpdates,
        long updates,
        double tableGrowth,
        double totalGrowth,
        Optional<Duration> verification) {

    double rowsPerSecond() {
        return rows / seconds(work);
    }

    double walBytesPerRow() {
        return (double) walBytes / rows;
    }

    /** Of all the machine's cores, in percent. */
    double clientCpuPercent(int cores) {
        return percent(seconds(clientCpu), seconds(work) * cores);
    }

    /** Of all the machine's cores, in percent. */
    double serverCpuPercent(int cores) {
        return percent(seconds(serverCpu), seconds(work) * cores);
    }

    double hotPercent() {
        return percent((double) hotUpdates, (double) updates);
    }

    /** What the verification took of the whole run, in percent; waiting in between is not part of it. */
    double verificationPercent() {
        double pass = verification.map(Measurement::seconds).orElse(0.0);
        return percent(pass, seconds(work) + pass);
    }

    private static double percent(double part, double whole) {
        return 100 * part / whole;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
