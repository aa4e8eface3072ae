package io.reseal.rotation.internal.jdbc;

import java.util.Optional;

/**
 * A part of a table's key order.
 *
 * @param after excluded; empty for the beginning
 * @param upTo included; empty for the end
 */
public record Bounds(Optional<RowAddress> after, Optional<RowAddress> upTo) {

    /** The whole table. */
    public static final Bounds ALL = new Bounds(Optional.empty(), Optional.empty());

    /** What lies behind {@code address}. */
    public Bounds from(RowAddress address) {
        return new Bounds(Optional.of(address), upTo);
    }

    /** What lies before {@code address}, and it. */
    public Bounds upTo(RowAddress address) {
        return new Bounds(after, Optional.of(address));
    }
}
