package io.reseal.internal.hibernate;

import java.beans.Introspector;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The fields and methods that a class declares or inherits, whether or not Hibernate looks at them: also those of
 * superclasses that are not mapped, of interfaces, and of the access type that is not in use.
 */
final class AttributeMembers {

    private AttributeMembers() {}

    static Stream<Member> of(Class<?> owner) {
        return lineage(owner)
                .flatMap(type -> Stream.<Member>concat(
                        Arrays.stream(type.getDeclaredFields()), Arrays.stream(type.getDeclaredMethods())))
                .filter(member -> !member.isSynthetic());
    }

    static Stream<Member> of(Class<?> owner, String attribute) {
        return of(owner).filter(member -> attribute(member).equals(attribute));
    }

    /** The attribute that a field, getter, setter or record accessor stands for. */
    static String attribute(Member member) {
        String name = member.getName();
        if (member instanceof Method) {
            for (String prefix : new String[] {"get", "set", "is"}) {
                if (name.length() > prefix.length() && name.startsWith(prefix)) {
                    return Introspector.decapitalize(name.substring(prefix.length()));
                }
            }
        }
        return name;
    }

    private static Stream<Class<?>> lineage(Class<?> type) {
        Stream<Class<?>> parents =
                Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()));
        return Stream.concat(Stream.of(type), parents.flatMap(AttributeMembers::lineage));
    }
}
