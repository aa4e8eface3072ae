package io.reseal.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** A test with one parameter, {@link Databases}: runs on each of {@link Databases#chosen}, and in the profiles of others. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("each-database")
@ParameterizedTest
@ArgumentsSource(ChosenDatabases.class)
public @interface EachDatabase {}
