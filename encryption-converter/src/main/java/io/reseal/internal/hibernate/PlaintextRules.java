package io.reseal.internal.hibernate;

import java.lang.reflect.Field;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Component;

/**
 * Denies by default: what carries the annotation and has no type that seals would be stored as plaintext, whatever the
 * reason.
 */
final class PlaintextRules implements BootRule {

    private final CompleteMapping mapping;

    PlaintextRules(CompleteMapping mapping) {
        this.mapping = mapping;
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        if (attribute.encryption().isEmpty() && !report.mentions(attribute)) {
            forbidEmbeddable(attribute, report);
            forbidAssociation(attribute, report);
            forbidUnreadAnnotation(attribute, report);
            forbidOtherType(attribute, report);
        }
    }

    private static void forbidEmbeddable(MappedAttribute attribute, BootReport report) {
        if (attribute.value() instanceof Component) {
            report.add(
                    attribute,
                    "it carries @Encrypted and is an embeddable, which has no value of its own",
                    "Put @Encrypted on the attributes of the embeddable");
        }
    }

    private static void forbidAssociation(MappedAttribute attribute, BootReport report) {
        if (!(attribute.value() instanceof Component || attribute.value() instanceof BasicValue)) {
            report.add(
                    attribute,
                    "it carries @Encrypted and is an association",
                    "Put @Encrypted on the attributes of the entity that it refers to");
        }
    }

    /** The annotation on a getter while Hibernate reads the fields, or the reverse, or on an inherited method. */
    private void forbidUnreadAnnotation(MappedAttribute attribute, BootReport report) {
        if (attribute.basic().isPresent() && !standsWhereHibernateLooks(attribute)) {
            report.add(
                    attribute,
                    "it carries @Encrypted where Hibernate does not look, and would be stored as plaintext",
                    "Put @Encrypted on the " + (readsFields(attribute) ? "field" : "getter")
                            + " of the mapped class, beside the other mapping annotations");
        }
    }

    private void forbidOtherType(MappedAttribute attribute, BootReport report) {
        if (attribute.basic().isPresent() && standsWhereHibernateLooks(attribute)) {
            report.add(
                    attribute,
                    "it carries @Encrypted and would be stored as plaintext, because Hibernate chose the type "
                            + attribute.value().getType().getName(),
                    "Map it as a plain basic attribute, without generics, type overrides or XML");
        }
    }

    private boolean standsWhereHibernateLooks(MappedAttribute attribute) {
        return attribute.owner().stream()
                .flatMap(mapping.members()::of)
                .filter(member -> AttributeMembers.attribute(member)
                        .equals(attribute.property().getName()))
                .filter(member -> !member.getDeclaringClass().isInterface())
                .anyMatch(member -> member instanceof Field == readsFields(attribute));
    }

    private static boolean readsFields(MappedAttribute attribute) {
        return "field".equals(attribute.property().getPropertyAccessorName());
    }
}
