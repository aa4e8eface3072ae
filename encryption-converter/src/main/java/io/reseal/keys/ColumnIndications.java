package io.reseal.keys;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this node met in one column, by indicator and key. Values can name any key: beyond a number of them they are counted
 * together. Safe for use by several threads.
 */
final class ColumnIndications {

    static final int MAX_KEYS = 32;

    /** Is no key's id. */
    static final int NO_KEY = 0;

    private final Map<Place, Count> counts = new ConcurrentHashMap<>();

    /** What is counted by itself. */
    record Place(Indicator indicator, int tinkKeyId) {}

    /** Takes down how often something was met since the last time. */
    interface Writer {
        void write(Place place, long times);
    }

    /** Who takes it down, each in its own time. */
    enum Reader {
        KEY_STORE,
        AUDIT_LOG
    }

    private static final class Count {

        final LongAdder met = new LongAdder();

        /** How much each was handed. Guarded by the book that this is in. */
        final Map<Reader, Long> handed = new EnumMap<>(Reader.class);
    }

    void count(Indicator indicator, int tinkKeyId) {
        Place place = new Place(indicator, tinkKeyId);
        Count present = counts.get(place);
        Count count = present == null ? newCount(place) : present;
        count.met.increment();
    }

    private Count newCount(Place place) {
        Place told = counts.size() < MAX_KEYS ? place : new Place(place.indicator(), NO_KEY);
        return counts.computeIfAbsent(told, unused -> new Count());
    }

    /** Hands on what is new; what {@code writer} fails to take is handed to it again. */
    void settle(Reader reader, Writer writer) {
        counts.forEach((place, count) -> {
            long met = count.met.sum();
            long before = count.handed.getOrDefault(reader, 0L);
            if (met > before) {
                writer.write(place, met - before);
                count.handed.put(reader, met);
            }
        });
    }
}
