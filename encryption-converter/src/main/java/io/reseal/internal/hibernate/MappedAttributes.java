package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.MappedAttribute.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.registry.classloading.spi.ClassLoaderService;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** Walks a complete mapping: every attribute, embeddable, collection element and map key, encrypted or not. */
final class MappedAttributes {

    private final List<MappedAttribute> found = new ArrayList<>();

    private MappedAttributes() {}

    static List<MappedAttribute> in(Metadata mapping) {
        MappedAttributes attributes = new MappedAttributes();
        mapping.getEntityBindings().forEach(attributes::visit);
        return List.copyOf(attributes.found);
    }

    /** The entity's class; empty for an entity that is a map, such as Envers makes. */
    static Optional<Class<?>> classOf(PersistentClass entity) {
        return entity.hasPojoRepresentation() ? Optional.of(entity.getMappedClass()) : Optional.empty();
    }

    static Optional<Class<?>> classOf(Component component) {
        return component.isDynamic() || component.getComponentClassName() == null
                ? Optional.empty()
                : Optional.of(component.getComponentClass());
    }

    private void visit(PersistentClass entity) {
        if (entity instanceof RootClass) {
            visitIdentifier(entity);
        }
        entity.getProperties().stream()
                .filter(property -> !property.isSynthetic())
                .forEach(property -> visit(whole(entity, Position.ATTRIBUTE, property)));
    }

    private void visitIdentifier(PersistentClass entity) {
        if (entity.getIdentifierProperty() != null) {
            visit(whole(entity, Position.IDENTIFIER, entity.getIdentifierProperty()));
        } else if (entity.getIdentifier() instanceof Component parts) {
            parts.getProperties().forEach(part -> visit(whole(entity, Position.IDENTIFIER, part)));
        }
        Component mapper = entity.getIdentifierMapper();
        if (mapper != null) {
            mapper.getProperties()
                    .forEach(part -> visit(new MappedAttribute(
                            entity,
                            part.getName(),
                            classOf(mapper),
                            Position.IDENTIFIER,
                            part,
                            part,
                            part.getValue(),
                            Optional.empty())));
        }
    }

    private static MappedAttribute whole(PersistentClass entity, Position position, Property property) {
        return new MappedAttribute(
                entity,
                property.getName(),
                classOf(entity),
                position,
                property,
                property,
                property.getValue(),
                Optional.empty());
    }

    private void visit(MappedAttribute attribute) {
        Value value = attribute.value();
        if (value instanceof Collection collection) {
            visitInside(attribute, collection, Position.ELEMENT, collection.getElement());
            if (collection instanceof IndexedCollection indexed) {
                visitInside(attribute, collection, Position.MAP_KEY, indexed.getIndex());
            }
            return;
        }
        found.add(attribute);
        if (value instanceof Component component) {
            component.getProperties().stream()
                    .filter(part -> !part.isSynthetic())
                    .forEach(part -> visit(attribute.part(part, ownerOf(component, part))));
        }
    }

    private void visitInside(MappedAttribute attribute, Collection around, Position position, @Nullable Value inside) {
        if (inside != null) {
            visit(attribute.inCollection(around, position, inside));
        }
    }

    /** In a hierarchy of embeddables, the subclass that adds the attribute. */
    static Optional<Class<?>> ownerOf(Component component, Property part) {
        String subclass = component.getPropertyDeclaringClass(part);
        return subclass == null
                ? classOf(component)
                : Optional.of(component
                        .getServiceRegistry()
                        .requireService(ClassLoaderService.class)
                        .classForName(subclass));
    }
}
