package io.reseal.internal.hibernate;

import org.hibernate.dialect.Dialect;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.type.descriptor.converter.spi.BasicValueConverter;
import org.hibernate.type.descriptor.java.BasicJavaType;
import org.hibernate.type.descriptor.java.BasicPluralJavaType;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.java.MutabilityPlan;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;

/**
 * A Java type that never shows a value. What is not decided here goes to Hibernate's own descriptor through a generated
 * subclass ({@link MaskedJavaTypes}): the interface differs between Hibernate's releases.
 *
 * @param <J> the attribute's type, boxed
 */
public abstract class MaskedJavaType<J> implements BasicJavaType<J> {

    private static final long serialVersionUID = 1L;
    private static final String MASK = "<sealed>";

    /** Hibernate's own descriptor. */
    protected final BasicJavaType<J> delegate;

    /** The same descriptor again if it is one of lists, else null. */
    protected final @Nullable BasicPluralJavaType<?> plural;

    private final transient Sealing<J> sealing;

    /** For the generated subclass. */
    protected MaskedJavaType(BasicJavaType<J> delegate, Sealing<J> sealing) {
        this.delegate = delegate;
        this.plural = delegate instanceof BasicPluralJavaType<?> list ? list : null;
        this.sealing = sealing;
    }

    @Override
    public final String extractLoggableRepresentation(@Nullable J value) {
        return value == null ? "null" : MASK;
    }

    /** Where Hibernate would put the value itself into some text, there is nothing right to put. */
    @Override
    public final String toString(J value) {
        throw new UnsupportedOperationException(sealing.attribute().qualifiedPath()
                + " is encrypted: its values have no text form. Read the attribute" + " and convert the value in Java");
    }

    /** Conditions such as {@code check (c in ('NEW', 'OLD'))} would show the values, and can't hold for sealed ones. */
    @Override
    public final @Nullable String getCheckCondition(
            String columnName, JdbcType jdbcType, BasicValueConverter<J, ?> converter, Dialect dialect) {
        return null;
    }

    /** A parameter of any type is bound through the attribute's own type: sealed, or refused, but never stored as it is. */
    @Override
    public final boolean isWider(JavaType<?> javaType) {
        return true;
    }

    /** Hibernate would show a parameter of another type in its exception; {@link SealingConverter} refuses it without. */
    @Override
    public final boolean isInstance(@Nullable Object value) {
        return true;
    }

    /** For the same reason, what can't be converted stays as it is. */
    @Override
    public final @Nullable Object coerce(@Nullable Object value) {
        try {
            return delegate.coerce(value);
        } catch (RuntimeException e) {
            return value;
        }
    }

    /** Hibernate ignores the declared length of a temporal type's column; the column of a sealed one has a length. */
    @Override
    public final boolean isTemporalType() {
        return false;
    }

    @Override
    public final MutabilityPlan<J> getMutabilityPlan() {
        return new SealedMutabilityPlan<>(sealing);
    }

    @Override
    public final boolean areEqual(@Nullable J one, @Nullable J another) {
        if (one == null || another == null) {
            return one == null && another == null;
        }
        return sealing.isSame(one, another);
    }

    @Override
    public final @Nullable J getReplacement(
            @Nullable J original, @Nullable J target, SharedSessionContractImplementor session) {
        return original == null || areEqual(original, target) ? original : sealing.copy(original);
    }
}
