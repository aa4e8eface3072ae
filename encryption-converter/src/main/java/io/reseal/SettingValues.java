package io.reseal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How one setting is read: as the type that it takes, or as text that says the same; what is neither is named with the remedy. */
final class SettingValues {

    private static final String FILE = "file:";

    private SettingValues() {}

    static <T> Optional<T> instance(Map<String, ?> settings, String name, Class<T> type) {
        Object value = settings.get(name);
        if (value == null || type.isInstance(value)) {
            return Optional.ofNullable(type.cast(value));
        }
        throw new ResealConfigurationException(
                "The setting " + name + " holds a " + value.getClass().getName() + ": it takes an instance of "
                        + type.getName(),
                null);
    }

    /** The setting may also be {@code file:} and a path. */
    static <T> Optional<T> instanceOrFile(
            Map<String, ?> settings, String name, Class<T> type, Function<Path, ? extends T> ofFile) {
        Object value = settings.get(name);
        if (value == null || type.isInstance(value)) {
            return Optional.ofNullable(type.cast(value));
        }
        String text = value.toString().trim();
        if (!text.startsWith(FILE) || text.length() == FILE.length()) {
            throw invalid(name, text, "use '" + FILE + "' and a path, or an instance of " + type.getName());
        }
        return Optional.of(ofFile.apply(Path.of(text.substring(FILE.length()))));
    }

    static @Nullable String first(Map<String, ?> settings, String... names) {
        for (String name : names) {
            if (settings.get(name) instanceof String text) {
                return text;
            }
        }
        return null;
    }

    static String text(Map<String, ?> settings, String name, String otherwise) {
        Object value = settings.get(name);
        if (value == null) {
            return otherwise;
        }
        String text = value.toString().trim();
        if (text.isEmpty()) {
            throw invalid(name, "", "leave it out for the default, '" + otherwise + "'");
        }
        return text;
    }

    static boolean isTrue(Map<String, ?> settings, String name) {
        String value = text(settings, name, "true");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(name, value, "use true or false");
        };
    }

    static Duration duration(Map<String, ?> settings, String name, Duration otherwise) {
        if (settings.get(name) instanceof Duration duration) {
            return duration;
        }
        String value = text(settings, name, otherwise.toString());
        try {
            return Duration.parse(value);
        } catch (DateTimeParseException e) {
            throw invalid(name, value, "use an ISO-8601 duration such as PT1S");
        }
    }

    static ResealConfigurationException invalid(String name, Object value, String remedy) {
        return new ResealConfigurationException("The setting " + name + " is '" + value + "': " + remedy, null);
    }
}
