package io.reseal.rotation.internal.jdbc;

import java.util.List;
import java.util.Optional;

/**
 * A table with sealed columns, as the database has it.
 *
 * @param schema empty for the connection's own schema
 * @param isPart whether it is worked off without the tables that belong under it
 * @param keyUnique whether the key addresses one row; if not, the rows of one key are told apart by what is stored in them
 * @param autoUpdated columns that the database would change by itself with every update: they are assigned to themselves
 */
public record SealedTable(
        Optional<String> schema,
        String name,
        boolean isPart,
        List<KeyColumn> key,
        boolean keyUnique,
        List<ValueColumn> columns,
        List<String> autoUpdated) {

    public SealedTable {
        key = List.copyOf(key);
        columns = List.copyOf(columns);
        autoUpdated = List.copyOf(autoUpdated);
    }

    /** A table of which nothing but the name matters. */
    public static SealedTable named(Optional<String> schema, String name) {
        return new SealedTable(schema, name, false, List.of(), true, List.of(), List.of());
    }

    /** The same rows in another order. */
    public SealedTable addressedBy(List<KeyColumn> otherKey, boolean isUnique) {
        return new SealedTable(schema, name, isPart, otherKey, isUnique, columns, autoUpdated);
    }
}
