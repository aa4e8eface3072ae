package io.reseal.internal.hibernate;

import java.lang.reflect.Member;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;

/** Finds the annotation where no persistent attribute is: the developer believes in a protection that isn't there. */
final class UnmappedMembers {

    private final CompleteMapping mapping;
    private final Map<Class<?>, Set<String>> attributes = new LinkedHashMap<>();

    private UnmappedMembers(CompleteMapping mapping) {
        this.mapping = mapping;
    }

    static void forbid(CompleteMapping mapping, BootReport report) {
        UnmappedMembers unmapped = new UnmappedMembers(mapping);
        mapping.metadata().getEntityBindings().forEach(unmapped::collect);
        mapping.attributes().forEach(unmapped::collect);
        unmapped.attributes.keySet().forEach(type -> unmapped.forbid(type, report));
    }

    private void collect(PersistentClass entity) {
        MappedAttributes.classOf(entity)
                .ifPresent(type -> names(type).addAll(inherited(entity).toList()));
    }

    private static Stream<String> inherited(PersistentClass entity) {
        return Stream.concat(entity.getPropertyClosure().stream(), Stream.ofNullable(entity.getIdentifierProperty()))
                .map(Property::getName);
    }

    private void collect(MappedAttribute attribute) {
        attribute.owner().ifPresent(type -> names(type).add(attribute.property().getName()));
        if (attribute.value() instanceof Component component) {
            MappedAttributes.classOf(component).ifPresent(this::names);
            component
                    .getProperties()
                    .forEach(part -> MappedAttributes.ownerOf(component, part)
                            .ifPresent(type -> names(type).add(part.getName())));
        }
    }

    private Set<String> names(Class<?> type) {
        return attributes.computeIfAbsent(type, ignored -> new HashSet<>());
    }

    private void forbid(Class<?> type, BootReport report) {
        Set<String> names = withInherited(type);
        mapping.members()
                .of(type)
                .filter(member -> !names.contains(AttributeMembers.attribute(member)))
                .forEach(member -> report.add(
                        type.getName() + "." + name(member),
                        "it carries @Encrypted and is not persistent, so nothing is encrypted",
                        "Remove @Encrypted, or map the attribute (it is transient, or its class is not mapped)"));
    }

    /** A class in a hierarchy of embeddables was given only the attributes that it declares itself. */
    private Set<String> withInherited(Class<?> type) {
        return attributes.entrySet().stream()
                .filter(known -> known.getKey().isAssignableFrom(type))
                .flatMap(known -> known.getValue().stream())
                .collect(Collectors.toSet());
    }

    private static String name(Member member) {
        return AttributeMembers.attribute(member);
    }
}
