package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.MappedAttribute.Position;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Constraint;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.SimpleValue;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.ToOne;

/** Sealing a value twice gives two ciphertexts, so nothing that has to find or compare a row may be encrypted. */
final class KeyRules implements BootRule {

    private static final String REMEDY_KEY = "Identify rows by a value that is not secret, for example a UUID";
    private static final String REMEDY_UNIQUE =
            "Remove the constraint: it would let equal values pass, because their ciphertexts differ";

    private final CompleteMapping mapping;

    KeyRules(CompleteMapping mapping) {
        this.mapping = mapping;
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        forbidIdentifier(attribute, report);
        forbidNaturalId(attribute, report);
        forbidVersion(attribute, report);
        forbidPartitionKey(attribute, report);
        forbidUnique(attribute, report);
        forbidIndex(attribute, report);
        forbidJoinColumn(attribute, report);
        forbidReference(attribute, report);
    }

    private static void forbidIdentifier(MappedAttribute attribute, BootReport report) {
        if (attribute.position() == Position.IDENTIFIER) {
            report.add(attribute, "it is (part of) the identifier", REMEDY_KEY);
        }
    }

    private static void forbidNaturalId(MappedAttribute attribute, BootReport report) {
        if (attribute.property().isNaturalIdentifier() || attribute.outermost().isNaturalIdentifier()) {
            report.add(attribute, "it is (part of) the @NaturalId", REMEDY_KEY);
        }
    }

    private static boolean isNaturalId(MappedAttribute attribute) {
        return attribute.property().isNaturalIdentifier()
                || attribute.outermost().isNaturalIdentifier();
    }

    private static void forbidVersion(MappedAttribute attribute, BootReport report) {
        if (attribute.property().equals(attribute.entity().getVersion())) {
            report.add(attribute, "it is the @Version", "Remove @Encrypted: a version is no secret");
        }
    }

    private static void forbidPartitionKey(MappedAttribute attribute, BootReport report) {
        if (attribute.value() instanceof SimpleValue value && value.isPartitionKey()) {
            report.add(attribute, "it is the @PartitionKey", "Partition by a value that is not secret");
        }
    }

    private static void forbidUnique(MappedAttribute attribute, BootReport report) {
        boolean isImplied =
                isNaturalId(attribute) || attribute.collection().stream().anyMatch(Collection::isSet);
        if (isImplied) {
            return; // Hibernate adds the constraint by itself, and the cause is reported
        }
        for (Column column : attribute.columns()) {
            if (column.isUnique()
                    || attribute
                            .tables()
                            .anyMatch(table -> isNamed(table.getUniqueKeys().values(), column))) {
                report.add(attribute, "its column has a unique constraint", REMEDY_UNIQUE);
            }
        }
    }

    private static boolean isNamed(java.util.Collection<? extends Constraint> constraints, Column column) {
        return constraints.stream().anyMatch(constraint -> constraint.containsColumn(column));
    }

    private static void forbidIndex(MappedAttribute attribute, BootReport report) {
        for (Column column : attribute.columns()) {
            attribute
                    .tables()
                    .flatMap(table -> table.getIndexes().values().stream())
                    .filter(index -> covers(index, column))
                    .forEach(index -> report.add(
                            attribute,
                            "its column is in the index " + index.getName(),
                            "Remove it from the index, which could only find ciphertext"));
        }
    }

    private static boolean covers(Index index, Column column) {
        return index.getSelectables().stream()
                .anyMatch(part -> part instanceof Column indexed
                        ? indexed.equals(column)
                        : new SqlText(part.getText()).namesColumn(column.getName()));
    }

    private static void forbidJoinColumn(MappedAttribute attribute, BootReport report) {
        for (Column column : attribute.columns()) {
            if (attribute.tables().anyMatch(table -> isNamed(table.getForeignKeyCollection(), column))) {
                report.add(attribute, "its column is a join column", "Join on a column that is not encrypted");
            }
        }
    }

    private void forbidReference(MappedAttribute attribute, BootReport report) {
        if (attribute.columns().stream().anyMatch(column -> isReferenced(attribute, column))) {
            report.add(
                    attribute,
                    "its column is referenced by a join column (referencedColumnName)",
                    "Join on a column that is not encrypted");
        }
    }

    private boolean isReferenced(MappedAttribute attribute, Column column) {
        return mapping.metadata().collectTableMappings().stream()
                        .flatMap(table -> table.getForeignKeyCollection().stream())
                        .anyMatch(key -> references(key, attribute.table(), column))
                || mapping.attributes().stream().anyMatch(other -> refersTo(other, attribute.table(), column))
                || mapping.metadata().getCollectionBindings().stream()
                        .anyMatch(collection -> collection.getReferencedPropertyName() != null
                                && holds(
                                        collection.getOwner(),
                                        collection.getReferencedPropertyName(),
                                        attribute.table(),
                                        column));
    }

    private static boolean references(ForeignKey key, Table table, Column column) {
        return table.equals(key.getReferencedTable())
                && key.getReferencedColumns().contains(column);
    }

    private boolean refersTo(MappedAttribute other, Table table, Column column) {
        return other.value() instanceof ToOne toOne
                && toOne.getReferencedPropertyName() != null
                && holds(
                        mapping.metadata().getEntityBinding(toOne.getReferencedEntityName()),
                        toOne.getReferencedPropertyName(),
                        table,
                        column);
    }

    private static boolean holds(PersistentClass entity, String property, Table table, Column column) {
        var value = entity.getReferencedProperty(property).getValue();
        return table.equals(value.getTable()) && value.getSelectables().contains(column);
    }
}
