package io.reseal.internal.hibernate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** Walks a complete mapping and finds every place where an encrypted attribute stands. */
final class SealedPositions {

    private final List<SealedPosition> found = new ArrayList<>();

    private SealedPositions() {}

    static List<SealedPosition> in(Metadata mapping) {
        SealedPositions positions = new SealedPositions();
        mapping.getEntityBindings().forEach(positions::visit);
        return List.copyOf(positions.found);
    }

    private void visit(PersistentClass entity) {
        Property identifier = entity.getIdentifierProperty();
        if (identifier != null) {
            visit(Place.of(entity, identifier), identifier.getValue());
        }
        Component mapper = entity.getIdentifierMapper();
        if (mapper != null) {
            mapper.getProperties().forEach(part -> visit(Place.of(entity, part), part.getValue()));
        }
        entity.getProperties().forEach(property -> visit(Place.of(entity, property), property.getValue()));
    }

    private void visit(Place place, @Nullable Value value) {
        if (value instanceof BasicValue basic) {
            if (basic.getType() instanceof EncryptedBasicType<?> type) {
                found.add(new SealedPosition(place.entity, place.path, place.property, place.collection, basic, type));
            }
        } else if (value instanceof Component component) {
            component.getProperties().forEach(part -> visit(place.part(part), part.getValue()));
        } else if (value instanceof Collection collection) {
            visit(place.in(collection), collection.getElement());
            if (collection instanceof IndexedCollection indexed) {
                visit(place.in(collection), indexed.getIndex());
            }
        }
    }

    private record Place(PersistentClass entity, String path, Property property, Optional<Collection> collection) {

        static Place of(PersistentClass entity, Property property) {
            return new Place(entity, property.getName(), property, Optional.empty());
        }

        Place part(Property part) {
            return new Place(entity, path + "." + part.getName(), part, collection);
        }

        Place in(Collection collection) {
            return new Place(entity, path, property, Optional.of(collection));
        }
    }
}
