package io.reseal.internal.hibernate;

import io.reseal.database.SealedColumn;

/**
 * A column of the database that a mapping seals.
 *
 * @param column what the catalog keeps of it
 * @param attribute the attribute that is stored in it, or one of several that share it
 * @param width how long the sealed form may get, in bytes or characters
 */
record MappedColumn(SealedColumn column, SealedAttribute attribute, long width) {

    boolean isSamePlace(MappedColumn other) {
        return column.schema().equals(other.column.schema())
                && column.table().equals(other.column.table())
                && column.column().equals(other.column.column());
    }

    /** Whether both seal and open each other's values. */
    boolean agreesWith(MappedColumn other) {
        return column.context().equals(other.column.context())
                && column.form() == other.column.form()
                && column.keyType().equals(other.column.keyType());
    }
}
