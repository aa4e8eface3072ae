package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import io.reseal.keys.KeyType;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Column;

/**
 * An attribute that carries {@link Encrypted} and got a type of its own.
 *
 * @param entity the entity that has it
 * @param name the attribute's name, without the path that leads to it
 * @param value its mapping, which knows its table for certain only once the mapping is complete
 * @param column its column, whose name is certain only once the mapping is complete
 * @param widths what that column needs
 */
record BoundAttribute(
        Encrypted annotation,
        String entity,
        String name,
        BasicValue value,
        Column column,
        ColumnWidths widths,
        KeyType keyType,
        EncryptedBasicType<?> type) {}
