package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import java.util.List;
import java.util.Optional;

/**
 * A part of a table's key order that one worker takes at a time.
 *
 * @param part the relation whose rows alone are meant; empty for a table that is not divided
 * @param key the columns that address rows, in key order
 * @param keyUnique whether they address one row
 */
record KeyRange(TableName table, Optional<TableName> part, List<String> key, boolean keyUnique, Bounds bounds) {

    KeyRange {
        key = List.copyOf(key);
    }

    /** The same key order, between other bounds. */
    KeyRange within(Bounds other) {
        return new KeyRange(table, part, key, keyUnique, other);
    }
}
