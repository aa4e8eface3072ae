package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import org.hibernate.binder.AttributeBinder;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;

/** Gives every {@link Encrypted} attribute a type of its own. */
public final class EncryptedBinder implements AttributeBinder<Encrypted> {

    @Override
    public void bind(
            Encrypted encrypted, MetadataBuildingContext context, PersistentClass persistentClass, Property property) {
        throw new AssertionError("comes with the Hibernate integration");
    }
}
