package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import java.util.List;

/**
 * A part of a table's key order that one worker takes at a time.
 *
 * @param key the columns that address rows, in key order
 * @param keyUnique whether they address one row
 */
record KeyRange(TableName table, List<String> key, boolean keyUnique, Bounds bounds) {

    KeyRange {
        key = List.copyOf(key);
    }
}
