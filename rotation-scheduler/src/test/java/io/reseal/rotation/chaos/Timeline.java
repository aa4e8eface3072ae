package io.reseal.rotation.chaos;

import io.reseal.testing.Databases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks, twice a second, how many rows were written and re-encrypted, and whether there was anything to do. */
final class Timeline implements Runnable {

    private static final Duration EACH = Duration.ofMillis(500);

    private final Supplier<TestDatabase> database;
    private final Tally tally;
    private final List<Sample> samples = new ArrayList<>();
    private long seen;
    private volatile boolean goesOn = true;

    Timeline(Supplier<TestDatabase> database, Tally tally) {
        this.database = database;
        this.tally = tally;
    }

    /**
     * @param at since the beginning
     * @param written rows that applications committed since the sample before
     * @param reencrypted rows that engines did
     * @param pending ranges of running runs that were not done
     * @param answered whether the server answered
     */
    record Sample(Duration at, long written, long reencrypted, long pending, boolean answered) {}

    @Override
    public void run() {
        try {
            while (goesOn) {
                add(sample());
                ChaosNode.pause(EACH.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sample sample() {
        try {
            String[] row = database.get()
                    .query(
                            "SELECT count(*) FILTER (WHERE NOT engine), count(*) FILTER (WHERE engine), coalesce(max(seq), "
                                    + seen
                                    + "), (SELECT count(*) FROM reseal_range r JOIN reseal_run u ON u.id = r.run_id"
                                    + " WHERE u.state = 'RUNNING' AND r.kind = 'TABLE' AND r.state <> 'DONE')"
                                    + " FROM chaos_row WHERE seq > " + seen)
                    .get(0)
                    .split("\\|", -1);
            seen = Long.parseLong(row[2]);
            return new Sample(
                    tally.now(), Long.parseLong(row[0]), Long.parseLong(row[1]), Long.parseLong(row[3]), true);
        } catch (SQLException e) {
            return new Sample(tally.now(), 0, 0, 0, false);
        }
    }

    private synchronized void add(Sample sample) {
        samples.add(sample);
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** The longest time in which ranges waited and no row was re-encrypted. */
    Duration longestStall() {
        Duration longest = Duration.ZERO;
        Duration from = Duration.ZERO;
        for (Sample sample : samples()) {
            if (sample.reencrypted() > 0 || (sample.answered() && sample.pending() == 0)) {
                from = sample.at();
            }
            Duration stall = sample.at().minus(from);
            longest = stall.compareTo(longest) > 0 ? stall : longest;
        }
        return longest;
    }

    void stop() {
        goesOn = false;
    }
}
