package io.reseal.rotation.internal.jdbc;

/**
 * How much is read at once.
 *
 * @param bytes of stale values; of what was read before, what addresses its rows counts as well
 * @param taken how many of these bytes are used up by what was read before; only if there are none, a single longer value
 *     is read as well
 */
public record Limits(int rows, long bytes, long taken) {

    public Limits(int rows, long bytes) {
        this(rows, bytes, 0);
    }

    /** What is left once {@code window} was read. */
    public Limits less(Window window) {
        return new Limits(rows - window.rows().size(), bytes, taken + window.bytes());
    }

    /** These, but no more than so many rows. */
    public Limits atMost(int most) {
        return new Limits(Math.min(rows, most), bytes, taken);
    }

    long left() {
        return bytes - taken;
    }

    /** What stands before a row that is read whatever its length: nothing, or more than can be. */
    long first() {
        return taken == 0 ? 0 : -1;
    }
}
