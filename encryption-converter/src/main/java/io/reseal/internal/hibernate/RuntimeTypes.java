package io.reseal.internal.hibernate;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ManagedMappingType;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;

/**
 * The last line of defence: looks at what Hibernate will really use at run time. Whatever carries the annotation has to be
 * read and written by a type that seals.
 */
final class RuntimeTypes {

    private final EncryptedMembers members;
    private final BootReport report;

    RuntimeTypes(EncryptedMembers members, BootReport report) {
        this.members = members;
        this.report = report;
    }

    void verify(SessionFactoryImplementor sessionFactory) {
        sessionFactory
                .getMappingMetamodel()
                .forEachEntityDescriptor(entity -> verifyAll(entity.getEntityName(), (EntityMappingType) entity));
    }

    private void verifyAll(String path, ManagedMappingType type) {
        Class<?> owner = type.getMappedJavaType().getJavaTypeClass();
        type.forEachAttributeMapping(attribute -> verify(path + "." + attribute.getAttributeName(), owner, attribute));
    }

    private void verify(String path, Class<?> owner, AttributeMapping attribute) {
        boolean isAnnotated = members.name(declaring(owner, attribute), attribute.getAttributeName());
        if (attribute instanceof PluralAttributeMapping plural) {
            verifyPart(path, isAnnotated, plural.getElementDescriptor());
            if (plural.getIndexDescriptor() != null) {
                verifyPart(path, false, plural.getIndexDescriptor());
            }
        } else {
            verifyPart(path, isAnnotated, attribute);
        }
    }

    /** In a hierarchy of embeddables, the attribute may belong to a subclass of the type that is mapped. */
    private static Class<?> declaring(Class<?> owner, AttributeMapping attribute) {
        Class<?> declaring = attribute.getDeclaringType().getJavaType().getJavaTypeClass();
        return owner.isAssignableFrom(declaring) ? declaring : owner;
    }

    private void verifyPart(String path, boolean isAnnotated, ModelPart part) {
        if (part instanceof EmbeddableValuedModelPart embedded) {
            EmbeddableMappingType type = embedded.getEmbeddableTypeDescriptor();
            verifyAll(path, type);
        }
        if (isAnnotated && !seals(part)) {
            report.add(
                    path,
                    column(part),
                    "it is annotated but would be stored as plaintext: at run time its type is none that seals",
                    "Map it as a plain basic attribute, and report this mapping as a defect of Reseal");
        }
    }

    private static String column(ModelPart part) {
        return part instanceof BasicValuedModelPart basic
                ? basic.getContainingTableExpression() + "." + basic.getSelectionExpression()
                : "";
    }

    private static boolean seals(ModelPart part) {
        return part instanceof BasicValuedModelPart basic && basic.getJdbcMapping() instanceof EncryptedBasicType<?>;
    }
}
