package io.reseal.rotation.internal.jdbc;

import java.util.ArrayList;
import java.util.List;

/**
 * Stale rows in key order.
 *
 * @param isLast whether the range that was asked for holds no stale rows beyond these
 * @param isFull whether the limit of bytes ended it
 */
public record Window(List<StaleRow> rows, boolean isLast, boolean isFull) {

    public static final Window EMPTY = new Window(List.of(), false, false);

    /** The length of all stale values and of what addresses them together. */
    long bytes() {
        return rows.stream().mapToLong(Window::bytes).sum();
    }

    private static long bytes(StaleRow row) {
        long key = row.address().parts().stream().mapToLong(String::length).sum();
        return key
                + row.stale().values().stream()
                        .mapToLong(value -> value.bytes().length)
                        .sum();
    }

    /** Where the last row is; there must be one. */
    public RowAddress end() {
        return rows.get(rows.size() - 1).address();
    }

    /** This window and what follows it. */
    public Window then(Window next) {
        List<StaleRow> all = new ArrayList<>(rows.size() + next.rows.size());
        all.addAll(rows);
        all.addAll(next.rows);
        return new Window(all, next.isLast, next.isFull);
    }
}
