package io.reseal.internal.hibernate;

import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;

/**
 * One place of the complete mapping where an encrypted attribute stands.
 *
 * @param entity the entity, or the one that owns the collection
 * @param path the attribute's path from there
 * @param property the innermost property: the attribute itself, or the collection
 * @param value the value that has the column
 * @param type the attribute's type
 */
record SealedPosition(
        PersistentClass entity, String path, Property property, BasicValue value, EncryptedBasicType<?> type) {}
