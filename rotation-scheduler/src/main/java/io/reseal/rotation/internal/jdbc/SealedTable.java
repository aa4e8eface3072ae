package io.reseal.rotation.internal.jdbc;

import java.util.List;
import java.util.Optional;

/**
 * A table with sealed columns, as the database has it.
 *
 * @param schema empty for the connection's own schema
 * @param keyUnique whether the key addresses one row; if not, the rows of one key are told apart by what is stored in them
 */
public record SealedTable(
        Optional<String> schema, String name, List<KeyColumn> key, boolean keyUnique, List<ValueColumn> columns) {

    public SealedTable {
        key = List.copyOf(key);
        columns = List.copyOf(columns);
    }
}
