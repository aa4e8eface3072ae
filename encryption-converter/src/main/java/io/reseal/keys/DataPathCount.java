package io.reseal.keys;

import java.time.Instant;

/**
 * How often the same happened to values under one key in one column: one entry of the audit log for many openings.
 *
 * @param column as it is named elsewhere, for example its context
 * @param from when the counting began
 * @param until when it ended
 * @param count one or more
 */
public record DataPathCount(What what, KeyId key, String column, Instant from, Instant until, long count) {

    private static final int MAX_COLUMN = 1024;

    /** What is counted. */
    public enum What {
        /** A value under a COMPROMISED key was opened. */
        OPENED_UNDER_COMPROMISED("open-under-compromised"),
        /** A value was not opened, because two people had values under its COMPROMISED key refused. */
        REFUSED_UNDER_COMPROMISED("refuse-open-under-compromised"),
        /** A value was not opened, because its key is SUSPENDED. */
        REFUSED_UNDER_SUSPENDED("refuse-open-under-suspended"),
        /** A value was not opened, because its key is PENDING_DESTROY. */
        REFUSED_UNDER_PENDING_DESTROY("refuse-open-under-pending-destroy"),
        /** A value was not opened, because its key is DESTROYED. */
        REFUSED_UNDER_DESTROYED("refuse-open-under-destroyed"),
        /** A value did not open: it was changed, cut short or moved. */
        FAILED_TO_OPEN("fail-to-open");

        private final String action;

        What(String action) {
            this.action = action;
        }

        /** As the audit log calls it. */
        public String action() {
            return action;
        }
    }

    /** @throws IllegalArgumentException if nothing was counted, the span ends before it begins, or the column's name is too long */
    public DataPathCount {
        if (count < 1 || until.isBefore(from) || column.length() > MAX_COLUMN) {
            throw new IllegalArgumentException("Not a count for the audit log: " + count + " from " + from + " until "
                    + until + " in a column of " + column.length() + " characters");
        }
    }

    String subject() {
        return key + " in " + column;
    }

    String detail() {
        return "count " + count + ", from " + from + " until " + until;
    }
}
