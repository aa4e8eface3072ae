package io.reseal.rotation;

import java.util.List;
import java.util.Optional;

/**
 * What a table held under a key, counted by one statement in one snapshot.
 *
 * @param schema empty for the connection's own schema
 * @param rows with a value under the key in any column
 * @param columns every column that ever held sealed values, those with nothing under the key too
 * @param owners how many different owners these rows have; empty where {@code reseal.owner.…} names no column of the table
 * @param problem why something could not be counted; empty if all was
 */
public record AffectedTable(
        Optional<String> schema,
        String table,
        long rows,
        List<AffectedColumn> columns,
        Optional<Long> owners,
        String problem) {

    public AffectedTable {
        columns = List.copyOf(columns);
    }

    /** With its schema, if it is another than the connection's. */
    public String name() {
        return schema.map(one -> one + ".").orElse("") + table;
    }
}
