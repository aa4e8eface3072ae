package io.reseal.internal.audit;

import io.reseal.audit.AuditRecord;
import io.reseal.audit.Tampering;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.StoreGeneration;
import java.util.BitSet;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which transitions of the key store the log tells of. Each takes the key store one generation further, so that every generation is
 * told of exactly once; only a recovery leaves some out. Takes one bit for each generation.
 */
final class Generations {

    /** Findings about the key store itself are named by its table. */
    static final String KEY_STORE = "reseal_keystore";

    private static final int PAGE = 1 << 16;

    private final Findings findings;
    private final SortedMap<Long, BitSet> pages = new TreeMap<>();

    /** From the generation that a recovery led to, to the one from which it went on. */
    private final NavigableMap<Long, Long> recoveries = new TreeMap<>();

    private long expected = 1;

    Generations(Findings findings) {
        this.findings = findings;
    }

    /** An entry that is the one that was written at its place. */
    void told(AuditRecord entry) {
        entry.generation().filter(generation -> generation > 0).ifPresent(generation -> {
            BitSet page = pages.computeIfAbsent(generation / PAGE, number -> new BitSet());
            int bit = (int) (generation % PAGE);
            if (page.get(bit)) {
                findings.add(
                        entry.head().chain(),
                        entry.head().seq(),
                        Tampering.TRANSITION_TWICE,
                        "another entry tells of a transition to generation " + generation
                                + " too: an older copy of the key store was put in its place in between");
            }
            page.set(bit);
            AuditEntry told = new AuditEntry(entry.actor(), entry.action(), entry.reason(), entry.detail());
            StoreGeneration.recoveredFrom(entry.subject(), told).ifPresent(from -> recoveries.put(generation, from));
        });
    }

    /** @param present of the key store; empty if nobody vouches for it */
    void compare(OptionalLong present) {
        pages.forEach((number, page) -> page.stream().forEach(bit -> reach(number * PAGE + bit)));
        if (present.isEmpty()) {
            findings.add(
                    KEY_STORE,
                    0,
                    Tampering.KEY_STORE_ALTERED,
                    "its generation was edited, or it was not written under this KEK, application and environment");
        } else if (present.getAsLong() < expected - 1) {
            findings.add(
                    KEY_STORE,
                    present.getAsLong(),
                    Tampering.KEY_STORE_BEHIND,
                    "the log tells of generation " + (expected - 1) + ", and the key store is at generation "
                            + present.getAsLong() + ": an older copy was put in its place");
        } else {
            missing(expected, present.getAsLong());
        }
    }

    private void reach(long generation) {
        long from = recoveries.getOrDefault(generation, generation - 1);
        missing(expected, Math.min(from, generation - 1));
        expected = generation + 1;
    }

    private void missing(long first, long last) {
        if (first <= last) {
            findings.add(
                    KEY_STORE,
                    first,
                    Tampering.TRANSITION_MISSING,
                    "no authentic entry tells of the transition"
                            + (first == last
                                    ? " to generation " + first
                                    : "s to generations " + first + " to " + last));
        }
    }
}
