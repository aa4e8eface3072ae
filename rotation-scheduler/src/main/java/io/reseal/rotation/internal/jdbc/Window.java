package io.reseal.rotation.internal.jdbc;

import java.util.List;

/**
 * Stale rows in key order.
 *
 * @param isLast whether the range that was asked for holds no stale rows beyond these
 */
public record Window(List<StaleRow> rows, boolean isLast) {

    public Window {
        rows = List.copyOf(rows);
    }
}
