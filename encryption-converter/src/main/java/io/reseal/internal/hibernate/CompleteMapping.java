package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import io.reseal.internal.hibernate.MappedAttribute.Position;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Component;

/**
 * The mapping after Hibernate's last pass over it.
 *
 * @param attributes every attribute, also those that are not encrypted
 * @param members where the annotation stands
 */
record CompleteMapping(Metadata metadata, List<MappedAttribute> attributes, EncryptedMembers members) {

    static CompleteMapping of(Metadata metadata) {
        return new CompleteMapping(metadata, MappedAttributes.in(metadata), new EncryptedMembers(Encrypted.class));
    }

    /** Those that carry the annotation or have a type that seals. */
    Stream<MappedAttribute> encrypted() {
        return attributes.stream().filter(attribute -> attribute.encryption().isPresent() || isAnnotated(attribute));
    }

    /** Whether the annotation stands on a field or method for the attribute. On a map it speaks of the values. */
    boolean isAnnotated(MappedAttribute attribute) {
        boolean isBareKey = attribute.position() == Position.MAP_KEY
                && attribute.collection().stream()
                        .anyMatch(map -> map.equals(attribute.property().getValue()));
        return !isBareKey
                && attribute.owner().stream()
                        .anyMatch(owner ->
                                members.name(owner, attribute.property().getName()));
    }

    /** The attributes that have a column of that value's in common with it. */
    @SuppressWarnings("ReferenceEquality") // the mapping knows each of its parts as one object
    Stream<MappedAttribute> sharing(MappedAttribute attribute) {
        return attributes.stream()
                .filter(other -> other.value() != attribute.value() && !(other.value() instanceof Component))
                .filter(other -> other.columns().stream()
                        .anyMatch(column -> attribute.columns().contains(column)
                                && attribute.table().equals(other.table())));
    }
}
