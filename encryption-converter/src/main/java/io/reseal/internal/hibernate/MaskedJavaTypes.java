package io.reseal.internal.hibernate;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.isDefaultMethod;

import java.lang.reflect.Constructor;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.subclass.ConstructorStrategy;
import net.bytebuddy.implementation.MethodCall;
import org.hibernate.type.descriptor.java.BasicJavaType;
import org.hibernate.type.descriptor.java.BasicPluralJavaType;

/**
 * Generates the part of {@link MaskedJavaType} that hands over to Hibernate's own descriptor: every method that this
 * release's interface has and {@link MaskedJavaType} does not decide. The classes go away with this instance.
 */
final class MaskedJavaTypes {

    private final Constructor<?> single;
    private final Constructor<?> plural;

    MaskedJavaTypes() {
        single = load(handingOver());
        plural = load(handingOver()
                .implement(BasicPluralJavaType.class)
                .method(isDeclaredBy(BasicPluralJavaType.class))
                .intercept(MethodCall.invokeSelf().onField("plural").withAllArguments()));
    }

    <J> MaskedJavaType<J> mask(BasicJavaType<J> delegate, Sealing<J> sealing) {
        Constructor<?> constructor = delegate instanceof BasicPluralJavaType<?> ? plural : single;
        try {
            @SuppressWarnings("unchecked") // generated from MaskedJavaType, which is generic in what it is given
            MaskedJavaType<J> masked = (MaskedJavaType<J>) constructor.newInstance(delegate, sealing);
            return masked;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the constructor of a generated class is public", e);
        }
    }

    private static DynamicType.Builder<?> handingOver() {
        return new ByteBuddy()
                .subclass(MaskedJavaType.class, ConstructorStrategy.Default.IMITATE_SUPER_CLASS_OPENING)
                .method(isAbstract().or(isDefaultMethod()))
                .intercept(MethodCall.invokeSelf().onField("delegate").withAllArguments());
    }

    private static Constructor<?> load(DynamicType.Builder<?> builder) {
        try (DynamicType.Unloaded<?> unloaded = builder.make()) {
            return unloaded.load(MaskedJavaType.class.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
                    .getLoaded()
                    .getConstructors()[0];
        }
    }
}
