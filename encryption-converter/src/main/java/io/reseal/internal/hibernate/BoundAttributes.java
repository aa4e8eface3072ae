package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import io.reseal.internal.format.ValueCodec;
import io.reseal.internal.format.ValueCodecs;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Value;
import org.hibernate.type.spi.TypeConfiguration;

/** The encrypted attributes of one mapping, in the order in which Hibernate presents them, and what is wrong with them. */
final class BoundAttributes {

    private static final Set<KeyType> OTHER_PURPOSES =
            Set.of(KeyType.FILE_ENCRYPTION, KeyType.SESSION_ENCRYPTION, KeyType.API_SIGNATURE);

    private static final String REMEDY_POSITION =
            "Put @Encrypted on basic attributes, also inside an embeddable, and on element collections of basics";
    private static final String REMEDY_TYPE =
            "Use text, binary, numbers, enums, UUID, java.time, or a record or list of"
                    + " these, or convert the value in the getter and setter";

    /** A type that Hibernate takes for anything, so that it goes on and the report names the other problems too. */
    private static final String PLACEHOLDER = "string";

    private final List<BoundAttribute> attributes = new ArrayList<>();
    private final BootReport report = new BootReport();
    private final KeyTypes keyTypes;
    private final TypeConfiguration configuration;
    private final TypeFactory types;

    BoundAttributes(KeyTypes keyTypes, TypeConfiguration configuration, TypeFactory types) {
        this.keyTypes = keyTypes;
        this.configuration = configuration;
        this.types = types;
    }

    List<BoundAttribute> attributes() {
        return List.copyOf(attributes);
    }

    /** What was wrong so far; the boot checks add to it. */
    BootReport report() {
        return report;
    }

    void bind(Encrypted encrypted, String entity, Property property) {
        String attribute = entity + "." + property.getName();
        Value value =
                property.getValue() instanceof Collection collection ? collection.getElement() : property.getValue();
        if (!(value instanceof BasicValue basic) || !(basic.getColumn() instanceof Column column)) {
            report.add(attribute, "@Encrypted is on something that has no column of its own", REMEDY_POSITION);
            return;
        }
        if (basic.getResolution() != null) {
            return; // too late for a type of our own (@Type, elements of a Set): the boot checks refuse it
        }
        Optional<KeyType> keyType = keyType(attribute, encrypted.keyType());
        Optional<ValueCodec<?>> codec = codec(attribute, basic);
        if (keyType.isEmpty() || codec.isEmpty()) {
            basic.setTypeName(PLACEHOLDER);
            return;
        }
        String name = "reseal:" + attributes.size() + ":" + attribute;
        EncryptedBasicType<?> type = types.register(name, javaType(basic), codec.get(), encrypted.form());
        basic.setTypeName(name);
        ColumnWidths widths = ColumnWidths.widen(column, codec.get(), keyType.get(), encrypted.form());
        attributes.add(
                new BoundAttribute(encrypted, entity, property.getName(), basic, column, widths, keyType.get(), type));
    }

    private Optional<KeyType> keyType(String attribute, String name) {
        try {
            KeyType type = keyTypes.named(name);
            if (OTHER_PURPOSES.contains(type)) {
                report.add(
                        attribute,
                        "keys of the type " + name + " protect something else than columns, and a key has one purpose",
                        "Name " + KeyType.DATABASE_ENCRYPTION + " or " + KeyType.TOKEN_ENCRYPTION
                                + " in @Encrypted(keyType)");
                return Optional.empty();
            }
            return Optional.of(type);
        } catch (IllegalArgumentException e) {
            report.add(attribute, Objects.toString(e.getMessage()), "Name one of them in @Encrypted(keyType)");
            return Optional.empty();
        }
    }

    private Optional<ValueCodec<?>> codec(String attribute, BasicValue value) {
        Type javaType = javaType(value);
        Optional<ValueCodec<?>> codec = ValueCodecs.of(javaType);
        if (codec.isEmpty()) {
            report.add(attribute, "values of type " + javaType.getTypeName() + " can't be encrypted", REMEDY_TYPE);
        }
        return codec;
    }

    private Type javaType(BasicValue value) {
        return value.impliedJavaType(configuration);
    }
}
