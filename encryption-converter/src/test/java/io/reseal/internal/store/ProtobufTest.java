package io.reseal.internal.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtobufTest {

    @TempDir
    Path directory;

    @Test
    void acceptsTheRuntimeOfTheBuild() {
        assertThatCode(() -> Protobuf.requireSupported(getClass().getClassLoader()))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"4, 33", "4, 40", "5, 0"})
    void acceptsNewRuntimes(int major, int minor) throws Exception {
        try (URLClassLoader runtime = runtime(major, minor)) {
            assertThatCode(() -> Protobuf.requireSupported(runtime)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 32", "4, 26", "3, 40"})
    void refusesAnOldRuntimeAndNamesTheRemedy(int major, int minor) throws Exception {
        try (URLClassLoader runtime = runtime(major, minor)) {
            assertThatThrownBy(() -> Protobuf.requireSupported(runtime))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContainingAll("is " + major + "." + minor, "4.33 or newer", "dependency management");
        }
    }

    @Test
    void refusesARuntimeThatDoesNotTellItsVersion() {
        assertThatThrownBy(() -> Protobuf.requireSupported(ClassLoader.getPlatformClassLoader()))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("older than 4.26", "4.33 or newer");
    }

    private URLClassLoader runtime(int major, int minor) throws Exception {
        Path source = directory.resolve("RuntimeVersion.java");
        Files.writeString(source, """
                package com.google.protobuf;
                public class RuntimeVersion { public static final int MAJOR = %d; public static final int MINOR = %d; }
                """.formatted(major, minor));
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", directory.toString(), source.toString());
        return new URLClassLoader(new URL[] {directory.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }
}
