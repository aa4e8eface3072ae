package io.reseal.internal.hibernate;

import java.lang.reflect.AnnotatedElement;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.SourceType;
import org.hibernate.annotations.UpdateTimestamp;

/** Tells the generators that are known to hand their value to the attribute's type from those that may be SQL. */
final class GeneratedInMemory {

    private GeneratedInMemory() {}

    /** Whether the attribute's value certainly passes through its type; any other generator may be the database. */
    static boolean isCertain(MappedAttribute attribute) {
        return attribute.owner().stream()
                .flatMap(
                        owner -> AttributeMembers.of(owner, attribute.property().getName()))
                .map(AnnotatedElement.class::cast)
                .anyMatch(GeneratedInMemory::isTimestampOfTheJvm);
    }

    private static boolean isTimestampOfTheJvm(AnnotatedElement member) {
        CreationTimestamp creation = member.getAnnotation(CreationTimestamp.class);
        UpdateTimestamp update = member.getAnnotation(UpdateTimestamp.class);
        CurrentTimestamp current = member.getAnnotation(CurrentTimestamp.class);
        return (creation != null && creation.source() == SourceType.VM)
                || (update != null && update.source() == SourceType.VM)
                || (current != null && current.source() == SourceType.VM);
    }
}
