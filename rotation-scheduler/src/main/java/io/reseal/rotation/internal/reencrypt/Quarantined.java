package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.RowAddress;

/**
 * A value that is left as it is.
 *
 * @param reason a class of error; never what is stored
 */
record Quarantined(RowAddress address, String column, String reason) {

    /** The database took the write and the value did not change: a trigger or a policy stands against it. */
    static final String UNWRITABLE = "unwritable";
}
