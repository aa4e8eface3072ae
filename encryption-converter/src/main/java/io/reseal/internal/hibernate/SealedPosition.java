package io.reseal.internal.hibernate;

import java.util.Optional;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;

/**
 * One place of the complete mapping where an encrypted attribute stands.
 *
 * @param entity the entity, or the one that owns the collection
 * @param path the attribute's path from there
 * @param property the innermost property: the attribute itself, or the collection
 * @param collection the collection whose rows hold the value; empty if rows of an entity do
 * @param value the value that has the column
 * @param type the attribute's type
 */
record SealedPosition(
        PersistentClass entity,
        String path,
        Property property,
        Optional<Collection> collection,
        BasicValue value,
        EncryptedBasicType<?> type) {}
