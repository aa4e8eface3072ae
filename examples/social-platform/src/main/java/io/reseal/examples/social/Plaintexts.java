package io.reseal.examples.social;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plaintexts that must not stand in the database, searched for all at once: by their first eight bytes at every position
 * of a value, and then in full. For one thread.
 */
final class Plaintexts {

    private static final int START = Long.BYTES;
    private static final int SHORTEST = 12;
    private static final int FILTER_BITS = 24;

    private final Map<Long, List<byte[]>> byStart = new HashMap<>();
    private final BitSet filter = new BitSet(1 << FILTER_BITS);
    private int size;

    /** Adds a text; one that is shorter than 12 bytes could be in the database by chance, and is left out. */
    void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST) {
            return;
        }
        long start = ByteBuffer.wrap(bytes).getLong();
        List<byte[]> known = byStart.computeIfAbsent(start, s -> new ArrayList<>(1));
        if (known.stream().noneMatch(other -> Arrays.equals(other, bytes))) {
            known.add(bytes);
            filter.set(slot(start));
            size++;
        }
    }

    /** How many different texts are searched for. */
    int size() {
        return size;
    }

    boolean occurIn(byte[] value) {
        if (value.length < SHORTEST) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        for (int i = 0; i + START <= value.length; i++) {
            long start = buffer.getLong(i);
            if (filter.get(slot(start)) && occurs(start, value, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean occurs(long start, byte[] value, int from) {
        return byStart.getOrDefault(start, List.of()).stream()
                .anyMatch(text -> from + text.length <= value.length
                        && Arrays.equals(text, 0, text.length, value, from, from + text.length));
    }

    private static int slot(long start) {
        return (int) ((start * 0x9E37_79B9_7F4A_7C15L) >>> (Long.SIZE - FILTER_BITS));
    }
}
