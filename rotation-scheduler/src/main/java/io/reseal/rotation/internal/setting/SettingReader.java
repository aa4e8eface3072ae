package io.reseal.rotation.internal.setting;

import io.reseal.ResealConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Settings by name. Remembers which were asked for, so that one that nothing reads is an error: a typing mistake must not silence what it was meant for. */
public final class SettingReader {

    private final Map<String, ?> settings;
    private final Set<String> known = new HashSet<>();

    public SettingReader(Map<String, ?> settings) {
        this.settings = settings;
    }

    /** Empty if it is absent; never blank. */
    public Optional<String> text(String name) {
        known.add(name);
        Object value = settings.get(name);
        if (value == null) {
            return Optional.empty();
        }
        String text = value.toString().strip();
        if (text.isEmpty()) {
            throw unusable(name, "is empty: give it a value, or leave it out");
        }
        return Optional.of(text);
    }

    /** What must be there; the message does not quote it. */
    public String required(String name, String remedy) {
        return text(name).orElseThrow(() -> unusable(name, "is missing: " + remedy));
    }

    /** Parts between commas, none of them empty. */
    public List<String> list(String name, String otherwise) {
        List<String> parts = Arrays.stream(text(name).orElse(otherwise).split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .distinct()
                .toList();
        if (parts.isEmpty()) {
            throw unusable(name, "names nothing: give it a value, or leave it out");
        }
        return parts;
    }

    /** In ISO-8601; not negative. */
    public Duration duration(String name, Duration otherwise) {
        if (settings.get(name) instanceof Duration duration) {
            known.add(name);
            return notNegative(name, duration);
        }
        String value = text(name).orElse(otherwise.toString());
        try {
            return notNegative(name, Duration.parse(value));
        } catch (DateTimeParseException e) {
            throw invalid(name, value, "use an ISO-8601 duration such as PT15M");
        }
    }

    private static Duration notNegative(String name, Duration duration) {
        if (duration.isNegative()) {
            throw invalid(name, duration, "it must not be negative");
        }
        return duration;
    }

    /** A whole number within bounds. */
    public int number(String name, int otherwise, int least, int most) {
        String value = text(name).orElse(Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // as one that is out of bounds
        }
        throw invalid(name, value, "use a whole number from " + least + " to " + most);
    }

    /** False unless it is said. */
    public boolean isTrue(String name) {
        String value = text(name).orElse("false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(name, value, "use true or false");
        };
    }

    /** An object that the application hands over. */
    public <T> Optional<T> instance(String name, Class<T> type) {
        known.add(name);
        Object value = settings.get(name);
        if (value == null || type.isInstance(value)) {
            return Optional.ofNullable(type.cast(value));
        }
        throw unusable(name, "holds a " + value.getClass().getName() + ": it takes an instance of " + type.getName());
    }

    /** The words that stand between {@code prefix} and the next full stop, or the end. */
    public Set<String> namesBelow(String prefix) {
        return settings.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Fails if there is a setting below one of the prefixes that nothing asked for. */
    public void refuseOthers(String... prefixes) {
        settings.keySet().stream()
                .filter(name -> Arrays.stream(prefixes).anyMatch(name::startsWith) && !known.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw unusable(name, "is not known: look its name up in the guide, or remove it");
                });
    }

    /** What is wrong with a value that may be shown. */
    public static ResealConfigurationException invalid(String name, Object value, String remedy) {
        return unusable(name, "is '" + value + "': " + remedy);
    }

    /** What is wrong, without the value. */
    public static ResealConfigurationException unusable(String name, String problem) {
        return new ResealConfigurationException("The setting " + name + " " + problem, null);
    }
}
