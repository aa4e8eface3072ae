package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.MappedAttribute.Position;
import java.util.Optional;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Map;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.ToOne;
import org.jspecify.annotations.Nullable;

/** What tells a collection's rows apart, or orders them, is compared by the database: there it can't be ciphertext. */
final class CollectionRules implements BootRule {

    private static final String REMEDY_ORDER = "Sort in Java after loading, or order by another attribute";

    private static final String BASIC_ELEMENT = "$element$";

    private final CompleteMapping mapping;

    CollectionRules(CompleteMapping mapping) {
        this.mapping = mapping;
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        forbidSetElement(attribute, report);
        forbidMapKey(attribute, report);
        mapping.metadata().getCollectionBindings().forEach(collection -> {
            forbidMapKeyOfTarget(attribute, collection, report);
            forbidOrder(attribute, collection, report);
        });
    }

    private static void forbidSetElement(MappedAttribute attribute, BootReport report) {
        if (attribute.position() == Position.ELEMENT
                && attribute.collection().stream().anyMatch(Collection::isSet)) {
            report.add(
                    attribute,
                    "it is (in) the element of a Set, whose rows are found by their content: an element that is"
                            + " removed would stay in the table",
                    "Use a List with an @OrderColumn, or a Map with a key that is not secret");
        }
    }

    private static void forbidMapKey(MappedAttribute attribute, BootReport report) {
        if (attribute.position() == Position.MAP_KEY) {
            report.add(
                    attribute,
                    "it is (in) the key of a Map, by which rows are found",
                    "Use a key that is not secret, and encrypt the value");
        }
    }

    private void forbidMapKeyOfTarget(MappedAttribute attribute, Collection collection, BootReport report) {
        if (collection instanceof Map map
                && isInside(collection, attribute)
                && pathInside(collection, attribute).equals(map.getMapKeyPropertyName())) {
            report.add(attribute, "it is the @MapKey of " + collection.getRole(), "Use another attribute as the key");
        }
    }

    private void forbidOrder(MappedAttribute attribute, Collection collection, BootReport report) {
        if (orders(collection.getOrderBy(), collection, attribute)
                || orders(collection.getManyToManyOrdering(), collection, attribute)) {
            report.add(attribute, "the @OrderBy or @SQLOrder of " + collection.getRole() + " names it", REMEDY_ORDER);
        }
    }

    private boolean orders(@Nullable String order, Collection collection, MappedAttribute attribute) {
        if (order == null || !isInside(collection, attribute)) {
            return false;
        }
        SqlText text = new SqlText(order);
        return text.namesPath(pathInside(collection, attribute))
                || attribute.columns().stream().anyMatch(column -> text.namesColumn(column.getName()));
    }

    private static String pathInside(Collection collection, MappedAttribute attribute) {
        if (attribute.collection().isEmpty()) {
            return attribute.path();
        }
        String path = attribute.qualifiedPath();
        return path.equals(collection.getRole())
                ? BASIC_ELEMENT
                : path.substring(collection.getRole().length() + 1);
    }

    /** Whether the attribute is (in) the collection's element, or one of the entity that the collection refers to. */
    private boolean isInside(Collection collection, MappedAttribute attribute) {
        if (attribute.collection().isPresent()) {
            return attribute.collection().get().equals(collection);
        }
        return target(collection)
                .filter(target ->
                        target.getRootClass().equals(attribute.entity().getRootClass()))
                .isPresent();
    }

    private Optional<PersistentClass> target(Collection collection) {
        if (collection.getElement() instanceof OneToMany many) {
            return Optional.of(many.getAssociatedClass());
        }
        return collection.getElement() instanceof ToOne one
                ? Optional.ofNullable(mapping.metadata().getEntityBinding(one.getReferencedEntityName()))
                : Optional.empty();
    }
}
