package io.reseal.database;

import io.reseal.StorageForm;
import io.reseal.keys.KeyType;
import java.util.List;
import java.util.Optional;

/**
 * One column that holds sealed values, as the catalog keeps it. Names are spelled exactly as in the database's own
 * dictionary, without quotes.
 *
 * @param schema empty for the connection's own schema
 * @param form how the values are stored
 * @param keyType the key type whose active version seals new values
 * @param context what the values are bound to
 * @param keyColumns the columns that address a row, in key order
 * @param keyUnique whether the key columns address one row; if not (a bag), they address the rows of one owner
 */
public record SealedColumn(
        Optional<String> schema,
        String table,
        String column,
        StorageForm form,
        KeyType keyType,
        String context,
        List<String> keyColumns,
        boolean keyUnique) {

    public SealedColumn {
        keyColumns = List.copyOf(keyColumns);
        if (keyColumns.isEmpty()) {
            throw new IllegalArgumentException("The column " + table + "." + column + " needs key columns");
        }
    }
}
