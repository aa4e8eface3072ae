package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.ColumnProof;
import java.util.List;
import java.util.Map;

/**
 * What one statement saw in a table.
 *
 * @param columns for each key that was looked for
 * @param snapshot what the statement saw, in the database's own words
 * @param place what stood around the table then; empty without a fence
 */
record CountedTable(Map<KeyId, List<ColumnProof>> columns, String snapshot, String place) {

    CountedTable {
        columns = Map.copyOf(columns);
    }

    CountedTable at(String fenced) {
        return new CountedTable(columns, snapshot, fenced);
    }
}
