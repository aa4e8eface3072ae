package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import org.hibernate.binder.AttributeBinder;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.jspecify.annotations.Nullable;

/** Gives every {@link Encrypted} attribute a type of its own. Hibernate calls it once for each place of the attribute. */
public final class EncryptedBinder implements AttributeBinder<Encrypted> {

    @Override
    public void bind(
            Encrypted encrypted,
            MetadataBuildingContext context,
            @Nullable PersistentClass persistentClass,
            Property property) {
        BootstrapContext boot = context.getBootstrapContext();
        String entity = persistentClass == null ? "(no entity)" : persistentClass.getEntityName();
        boot.getServiceRegistry()
                .requireService(ResealService.class)
                .binding(boot.getTypeConfiguration())
                .bind(encrypted, entity, property);
    }
}
