package io.reseal.internal.store;

import io.reseal.ResealConfigurationException;
import org.jspecify.annotations.Nullable;

/** The protobuf runtime beside Tink: other libraries pull in older ones, on which Tink fails with riddles. */
public final class Protobuf {

    private static final int REQUIRED_MAJOR = 4;
    private static final int REQUIRED_MINOR = 33;

    private Protobuf() {}

    /**
     * Fails unless the runtime is new enough for Tink.
     *
     * @param loader where the runtime is looked up
     */
    public static void requireSupported(ClassLoader loader) {
        int major = 0;
        int minor = 0;
        try {
            Class<?> version = Class.forName("com.google.protobuf.RuntimeVersion", true, loader);
            major = version.getField("MAJOR").getInt(null);
            minor = version.getField("MINOR").getInt(null);
        } catch (ReflectiveOperationException e) {
            throw tooOld("older than 4.26", e);
        }
        if (major < REQUIRED_MAJOR || (major == REQUIRED_MAJOR && minor < REQUIRED_MINOR)) {
            throw tooOld(major + "." + minor, null);
        }
    }

    private static ResealConfigurationException tooOld(String found, @Nullable Throwable cause) {
        return new ResealConfigurationException(
                "The protobuf-java on the class path is " + found + ", and Tink needs " + REQUIRED_MAJOR + "."
                        + REQUIRED_MINOR + " or newer. Put com.google.protobuf:protobuf-java in that version into the"
                        + " build's dependency management",
                cause);
    }
}
