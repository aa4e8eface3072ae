package io.reseal.rotation.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** What befell the nodes and the server, and when. Safe for use by several threads. */
final class Tally {

    /** Both ends are counted from the beginning. */
    record Event(Duration from, Duration to, Fault fault, String whom) {}

    private final LongSupplier nanos;
    private final long begin;
    private final List<Event> events = new ArrayList<>();
    private int frozenInTransaction;

    Tally(LongSupplier nanos) {
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
    }

    Duration now() {
        return Duration.ofNanos(nanos.getAsLong() - begin);
    }

    /** The fault has taken effect, and is over. */
    synchronized void injected(Duration since, Fault fault, String whom) {
        events.add(new Event(since, now(), fault, whom));
    }

    synchronized void frozenInTransaction() {
        frozenInTransaction++;
    }

    /** How many nodes were frozen while they had a transaction open. */
    synchronized int transactionsFrozen() {
        return frozenInTransaction;
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    synchronized boolean hasHappened(Fault fault) {
        return events.stream().anyMatch(event -> event.fault() == fault);
    }

    synchronized Map<Fault, Integer> counts() {
        Map<Fault, Integer> counts = new TreeMap<>();
        for (Fault fault : Fault.values()) {
            counts.put(fault, 0);
        }
        events.forEach(event -> counts.merge(event.fault(), 1, Integer::sum));
        return counts;
    }
}
