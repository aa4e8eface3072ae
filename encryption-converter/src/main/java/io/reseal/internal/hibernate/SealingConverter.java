package io.reseal.internal.hibernate;

import io.reseal.SealingRefusedException;
import org.hibernate.type.descriptor.converter.spi.BasicValueConverter;
import org.hibernate.type.descriptor.java.JavaType;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's view of {@link Sealing}: null stays null, everything else is sealed or refused.
 *
 * @param <J> the attribute's type, boxed
 * @param <R> {@code byte[]} or {@code String}
 */
final class SealingConverter<J, R> implements BasicValueConverter<J, R> {

    private static final long serialVersionUID = 1L;

    private final transient Sealing<J> sealing;
    private final JavaType<J> domain;
    private final JavaType<R> relational;

    SealingConverter(Sealing<J> sealing, JavaType<J> domain, JavaType<R> relational) {
        this.sealing = sealing;
        this.domain = domain;
        this.relational = relational;
    }

    Sealing<J> sealing() {
        return sealing;
    }

    @Override
    public @Nullable J toDomainValue(@Nullable R stored) {
        return stored == null ? null : sealing.fromColumn(stored);
    }

    @Override
    public @Nullable R toRelationalValue(@Nullable J value) {
        return value == null ? null : relational.cast(sealing.toColumn(exact(value)));
    }

    @Override
    public JavaType<J> getDomainJavaType() {
        return domain;
    }

    @Override
    public JavaType<R> getRelationalJavaType() {
        return relational;
    }

    /** A query's parameter may be of another type, for example Integer for a Long. */
    private J exact(Object value) {
        try {
            Class<J> type = domain.getJavaTypeClass();
            return type.cast(type.isInstance(value) ? value : domain.wrap(value, null));
        } catch (RuntimeException e) {
            throw new SealingRefusedException(
                    "A " + value.getClass().getName() + " was given for "
                            + sealing.attribute().qualifiedPath() + ", which takes a " + domain.getTypeName()
                            + ". Pass a value of that type",
                    null);
        }
    }
}
