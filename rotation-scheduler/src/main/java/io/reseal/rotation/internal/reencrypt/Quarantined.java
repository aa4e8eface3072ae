package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.StaleRow;
import io.reseal.rotation.internal.jdbc.StoredValue;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A value that is left as it is.
 *
 * @param reason a class of error; never what is stored
 */
record Quarantined(RowAddress address, String column, String reason) {

    /** The database took the write and the value did not change: a trigger or a policy stands against it. */
    static final String UNWRITABLE = "unwritable";

    /**
     * Where the key does not address one row, the value is told by itself: the row's address changes when another of its
     * columns is re-encrypted.
     */
    static Quarantined of(SealedTable table, StaleRow row, int column, String reason) {
        String name = table.columns().get(column).name();
        StoredValue value = row.stale().get(column);
        if (table.keyUnique() || value == null) {
            return new Quarantined(row.address(), name, reason);
        }
        List<String> parts =
                new ArrayList<>(row.address().parts().subList(0, table.key().size()));
        parts.add(HexFormat.of().formatHex(value.bytes()));
        return new Quarantined(new RowAddress(parts), name, reason);
    }
}
