package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.SealedTable;
import java.util.List;
import java.util.Optional;

/**
 * A table of the catalog, as the database has it.
 *
 * @param entries what the catalog says of each column of {@code shape}: one entry for each key type it was ever mapped to
 */
record TargetTable(TableName name, SealedTable shape, List<List<SealedColumn>> entries) {

    TargetTable {
        entries = entries.stream().map(List::copyOf).toList();
    }

    /** The relation whose rows alone are meant; empty for a table that is not divided. */
    Optional<TableName> part() {
        return shape.isPart() ? Optional.of(new TableName(shape.schema(), shape.name())) : Optional.empty();
    }

    /** What the values of a column are bound to; the catalog keeps it the same in all entries. */
    String context(int column) {
        return entries.get(column).get(0).context();
    }

    /**
     * The key type under which a column's value is sealed again: the type it declares or, if it was mapped to several, its
     * own.
     */
    KeyType sealedTo(int column, KeyType own) {
        List<KeyType> declared =
                entries.get(column).stream().map(SealedColumn::keyType).toList();
        return declared.contains(own) ? own : declared.get(0);
    }
}
