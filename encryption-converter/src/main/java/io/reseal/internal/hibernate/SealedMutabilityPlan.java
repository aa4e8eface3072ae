package io.reseal.internal.hibernate;

import java.io.Serializable;
import org.hibernate.SharedSessionContract;
import org.hibernate.type.descriptor.java.MutabilityPlan;
import org.jspecify.annotations.Nullable;

/**
 * Copies values for dirty checking, and seals them on their way into the second-level cache.
 *
 * @param <J> the attribute's type, boxed
 */
final class SealedMutabilityPlan<J> implements MutabilityPlan<J> {

    private static final long serialVersionUID = 1L;

    private final transient Sealing<J> sealing;

    SealedMutabilityPlan(Sealing<J> sealing) {
        this.sealing = sealing;
    }

    @Override
    public boolean isMutable() {
        return sealing.isMutable();
    }

    @Override
    public @Nullable J deepCopy(@Nullable J value) {
        return value == null ? null : sealing.copy(value);
    }

    @Override
    public @Nullable Serializable disassemble(@Nullable J value, SharedSessionContract session) {
        return value == null ? null : sealing.seal(value);
    }

    @Override
    public @Nullable J assemble(@Nullable Serializable cached, SharedSessionContract session) {
        return cached == null ? null : sealing.open((byte[]) cached);
    }
}
