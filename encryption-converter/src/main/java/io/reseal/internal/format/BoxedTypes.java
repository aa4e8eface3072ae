package io.reseal.internal.format;

import java.lang.invoke.MethodType;

/** Primitive types and the classes of their values. */
final class BoxedTypes {

    private BoxedTypes() {}

    static Class<?> box(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }
}
