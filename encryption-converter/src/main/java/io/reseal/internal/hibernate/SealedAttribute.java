package io.reseal.internal.hibernate;

import io.reseal.StorageForm;
import io.reseal.keys.KeyType;

/**
 * Where an encrypted attribute lives and what its values are bound to.
 *
 * @param entity the entity that has the attribute, or the entity that owns the collection
 * @param path the attribute's path from there, for example {@code address.street}
 * @param table the table of the mapping, as the database spells it; in a table-per-class hierarchy the table of the
 *     class that declares the attribute
 * @param column the column, as the database spells it
 * @param context what the values are bound to
 */
record SealedAttribute(
        String entity, String path, String table, String column, KeyType keyType, StorageForm form, String context) {

    /** How messages name it. */
    String qualifiedPath() {
        return entity + "." + path;
    }
}
