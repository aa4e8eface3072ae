package io.reseal.examples.social;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** What the writers did and what they met. Thread-safe. */
final class Tally {

    private static final int KEPT = 5;

    private final LongAdder reads = new LongAdder();
    private final LongAdder changes = new LongAdder();
    private final LongAdder repeats = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final List<String> kept = new ArrayList<>();

    void read() {
        reads.increment();
    }

    void changed() {
        changes.increment();
    }

    /** A transaction gave way to another one and will be tried again. */
    void repeated() {
        repeats.increment();
    }

    /** Something that must never happen; the description holds no plaintext. */
    void fault(String description) {
        faults.increment();
        synchronized (kept) {
            if (kept.size() < KEPT) {
                kept.add(description);
            }
        }
    }

    long faults() {
        return faults.sum();
    }

    /** The first few faults. */
    List<String> faultDescriptions() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }

    /** What the writers did, without what they met. */
    String traffic() {
        return String.format(Locale.ROOT, "%,d reads, %,d changes", reads.sum(), changes.sum());
    }

    @Override
    public String toString() {
        return traffic() + String.format(Locale.ROOT, ", %,d repeats, %,d faults", repeats.sum(), faults.sum());
    }
}
