package io.reseal.internal.hibernate;

import java.util.ArrayList;
import java.util.List;
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
            visit(new Place(entity, identifier.getName(), identifier), identifier.getValue());
        }
        Component mapper = entity.getIdentifierMapper();
        if (mapper != null) {
            mapper.getProperties().forEach(part -> visit(new Place(entity, part.getName(), part), part.getValue()));
        }
        entity.getProperties()
                .forEach(property -> visit(new Place(entity, property.getName(), property), property.getValue()));
    }

    private void visit(Place place, @Nullable Value value) {
        if (value instanceof BasicValue basic) {
            if (basic.getType() instanceof EncryptedBasicType<?> type) {
                found.add(new SealedPosition(place.entity, place.path, place.property, basic, type));
            }
        } else if (value instanceof Component component) {
            component.getProperties().forEach(part -> visit(place.part(part), part.getValue()));
        } else if (value instanceof Collection collection) {
            visit(place, collection.getElement());
            if (collection instanceof IndexedCollection indexed) {
                visit(place, indexed.getIndex());
            }
        }
    }

    private record Place(PersistentClass entity, String path, Property property) {

        Place part(Property part) {
            return new Place(entity, path + "." + part.getName(), part);
        }
    }
}
