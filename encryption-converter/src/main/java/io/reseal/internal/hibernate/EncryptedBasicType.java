package io.reseal.internal.hibernate;

import java.util.Arrays;
import java.util.HexFormat;
import org.hibernate.cache.MutableCacheKeyBuilder;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.hibernate.type.internal.CustomMutabilityConvertedBasicTypeImpl;
import org.jspecify.annotations.Nullable;

/**
 * The type of one encrypted attribute: whatever Hibernate reads or writes through it is opened or sealed.
 *
 * @param <J> the attribute's type, boxed
 */
@SuppressWarnings("unchecked") // inherited: ConvertedBasicTypeImpl returns raw types
final class EncryptedBasicType<J> extends CustomMutabilityConvertedBasicTypeImpl<J> {

    private static final long serialVersionUID = 1L;

    private final transient Sealing<J> sealing;
    private final transient CacheKeyHash hash;

    /** @param name the key under which the type is registered; tools such as Envers look it up by this name */
    EncryptedBasicType(String name, JdbcType jdbcType, SealingConverter<J, ?> converter, CacheKeyHash hash) {
        super(name, name, jdbcType, converter, new SealedMutabilityPlan<>(converter.sealing()));
        this.sealing = converter.sealing();
        this.hash = hash;
    }

    /** Where the attribute lives; known from the end of the boot checks on. */
    SealedAttribute attribute() {
        return sealing.attribute();
    }

    Sealing<J> sealing() {
        return sealing;
    }

    /** A query-cache key outlives the query: it holds a keyed hash where other types put the value itself. */
    @Override
    public void addToCacheKey(
            MutableCacheKeyBuilder cacheKey, @Nullable Object value, SharedSessionContractImplementor session) {
        if (value == null) {
            super.addToCacheKey(cacheKey, null, session);
            return;
        }
        byte[] hashed =
                hash.of(getName(), sealing.encode(getJavaTypeDescriptor().cast(value)));
        cacheKey.addValue(HexFormat.of().formatHex(hashed));
        cacheKey.addHashCode(Arrays.hashCode(hashed));
    }
}
