package io.reseal.internal.hibernate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.DenormalizedTable;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.Value;

/**
 * One place of a complete mapping that holds a value.
 *
 * @param entity the entity that has it, or the one that owns the collection
 * @param path the path from there
 * @param owner the class that has the field or getter; empty for an entity without classes
 * @param property the attribute itself; for an element or a map key, the collection
 * @param outermost the attribute of the entity that the path begins with
 * @param collection the innermost collection around it
 */
record MappedAttribute(
        PersistentClass entity,
        String path,
        Optional<Class<?>> owner,
        Position position,
        Property property,
        Property outermost,
        Value value,
        Optional<Collection> collection) {

    enum Position {
        ATTRIBUTE,
        IDENTIFIER,
        ELEMENT,
        MAP_KEY
    }

    /** The type that seals it; empty if its values are stored as they are. */
    Optional<EncryptedBasicType<?>> encryption() {
        return basic().flatMap(basic -> basic.getType() instanceof EncryptedBasicType<?> type
                ? Optional.<EncryptedBasicType<?>>of(type)
                : Optional.empty());
    }

    Optional<BasicValue> basic() {
        return value instanceof BasicValue basic ? Optional.of(basic) : Optional.empty();
    }

    List<Column> columns() {
        return value.getSelectables().stream()
                .filter(Column.class::isInstance)
                .map(Column.class::cast)
                .toList();
    }

    Table table() {
        return value.getTable();
    }

    /** Its tables: more than one in a table-per-class hierarchy, where every subclass repeats the column. */
    Stream<Table> tables() {
        return Stream.concat(
                Stream.of(table()),
                entity.getSubclassTableClosure().stream()
                        .filter(table -> table instanceof DenormalizedTable copy && includes(copy, table())));
    }

    private static boolean includes(DenormalizedTable copy, Table original) {
        Table included = copy.getIncludedTable();
        return included.equals(original) || (included instanceof DenormalizedTable next && includes(next, original));
    }

    /** How messages name it. */
    String qualifiedPath() {
        return entity.getEntityName() + "." + path;
    }

    MappedAttribute part(Property part, Optional<Class<?>> partOwner) {
        return new MappedAttribute(
                entity, path + "." + part.getName(), partOwner, position, part, outermost, part.getValue(), collection);
    }

    MappedAttribute inCollection(Collection around, Position there, Value inside) {
        return new MappedAttribute(entity, path, owner, there, property, outermost, inside, Optional.of(around));
    }
}
