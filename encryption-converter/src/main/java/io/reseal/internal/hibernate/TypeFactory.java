package io.reseal.internal.hibernate;

import io.reseal.StorageForm;
import io.reseal.internal.format.ValueCodec;
import java.lang.reflect.Type;
import java.sql.Types;
import org.hibernate.type.descriptor.java.BasicJavaType;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.spi.TypeConfiguration;

/** Makes and registers the types of one mapping's encrypted attributes. */
final class TypeFactory {

    private final TypeConfiguration types;
    private final MaskedJavaTypes javaTypes;
    private final CacheKeyHash cacheKeys;

    TypeFactory(TypeConfiguration types, MaskedJavaTypes javaTypes, CacheKeyHash cacheKeys) {
        this.types = types;
        this.javaTypes = javaTypes;
        this.cacheKeys = cacheKeys;
    }

    /**
     * A new type, registered under {@code name}.
     *
     * @param javaType the attribute's type
     * @param codec the codec of that type
     */
    EncryptedBasicType<?> register(String name, Type javaType, ValueCodec<?> codec, StorageForm form) {
        EncryptedBasicType<?> type = create(name, types.getJavaTypeRegistry().resolveDescriptor(javaType), codec, form);
        types.getBasicTypeRegistry().register(type, name);
        return type;
    }

    @SuppressWarnings("unchecked") // descriptor and codec were found for the same Java type
    private <J> EncryptedBasicType<J> create(
            String name, JavaType<?> descriptor, ValueCodec<?> codec, StorageForm form) {
        Sealing<J> sealing = new Sealing<>((ValueCodec<J>) codec);
        JavaType<J> masked = javaTypes.mask((BasicJavaType<J>) descriptor, sealing);
        return switch (form) {
            case BINARY ->
                create(name, Types.VARBINARY, new SealingConverter<>(sealing, masked, relational(byte[].class)));
            case TEXT -> create(name, Types.VARCHAR, new SealingConverter<>(sealing, masked, relational(String.class)));
        };
    }

    private <J> EncryptedBasicType<J> create(String name, int jdbcType, SealingConverter<J, ?> converter) {
        return new EncryptedBasicType<>(
                name, types.getJdbcTypeRegistry().getDescriptor(jdbcType), converter, cacheKeys);
    }

    /** The overload for {@link Type} is the one that Hibernate 6.6 to 7.4 share. */
    @SuppressWarnings("unchecked") // the descriptor of R
    private <R> JavaType<R> relational(Type type) {
        return (JavaType<R>) types.getJavaTypeRegistry().resolveDescriptor(type);
    }
}
