package io.reseal.internal.hibernate;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.util.stream.Stream;

/** The fields and methods that carry the annotation. */
record EncryptedMembers(Class<? extends Annotation> annotation) {

    /** Those of the class and of everything that it inherits from. */
    Stream<Member> of(Class<?> owner) {
        return AttributeMembers.of(owner).filter(member -> ((AnnotatedElement) member).isAnnotationPresent(annotation));
    }

    /** Whether a field or method for the attribute carries the annotation. */
    boolean name(Class<?> owner, String attribute) {
        return of(owner).anyMatch(member -> AttributeMembers.attribute(member).equals(attribute));
    }
}
