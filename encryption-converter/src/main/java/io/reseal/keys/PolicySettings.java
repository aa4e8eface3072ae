package io.reseal.keys;

import io.reseal.ResealConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code reseal.policy.…}, and reports everything that is wrong with it at once. */
final class PolicySettings {

    private static final String PREFIX = "reseal.policy.";
    private static final String INTERVAL = "interval";
    private static final String GRACE = "grace";
    private static final String PRIORITY = "priority";
    private static final String LIFETIME = "lifetime";
    private static final String USAGE_LIMIT = "usage-limit";
    private static final String APPROVALS = "approvals";
    private static final List<String> NAMES = List.of(INTERVAL, GRACE, PRIORITY, LIFETIME, USAGE_LIMIT, APPROVALS);

    private final KeyTypes types;
    private final KeyPolicies defaults;
    private final Map<KeyType, Map<String, Object>> values = new TreeMap<>(Comparator.comparingInt(KeyType::code));
    private final List<String> problems = new ArrayList<>();

    PolicySettings(Map<String, ?> settings, KeyTypes types, KeyPolicies defaults) {
        this.types = types;
        this.defaults = defaults;
        types.all().stream()
                .filter(type -> defaults.find(type).isEmpty())
                .forEach(type -> values.put(type, new TreeMap<>()));
        new TreeMap<>(settings).forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                sort(name, value);
            }
        });
    }

    KeyPolicies read() {
        KeyPolicies policies = defaults;
        for (Map.Entry<KeyType, Map<String, Object>> entry : values.entrySet()) {
            @Nullable KeyPolicy before = defaults.find(entry.getKey()).orElse(null);
            policies = policy(entry.getKey(), entry.getValue(), before)
                    .map(policies::with)
                    .orElse(policies);
        }
        if (!problems.isEmpty()) {
            throw new ResealConfigurationException(String.join(System.lineSeparator(), problems), null);
        }
        return policies;
    }

    private void sort(String name, @Nullable Object value) {
        String[] parts = name.substring(PREFIX.length()).split("\\.", 2);
        Optional<KeyType> type = types.withName(parts[0]);
        if (type.isEmpty()) {
            problems.add("The setting " + name + " names no key type. Known key types: " + types.all());
        } else if (parts.length < 2 || !NAMES.contains(parts[1])) {
            problems.add("The setting " + name + " is unknown. Known for a key type: " + NAMES);
        } else if (value == null) {
            problems.add("The setting " + name + " is null: leave it out for the default");
        } else {
            values.computeIfAbsent(type.get(), key -> new TreeMap<>()).put(parts[1], value);
        }
    }

    private Optional<KeyPolicy> policy(KeyType type, Map<String, Object> set, @Nullable KeyPolicy before) {
        int known = problems.size();
        Duration interval = value(type, set, INTERVAL, duration(), before == null ? null : before.interval());
        Duration grace = value(type, set, GRACE, duration(), before == null ? null : before.grace());
        KeyPriority priority =
                value(type, set, PRIORITY, PolicySettings::priority, before == null ? null : before.priority());
        GraceEnd end = graceEnd(type, set, before);
        Long usage = value(
                type, set, USAGE_LIMIT, Long::valueOf, before == null ? KeyPolicy.MAX_USAGE : before.usageLimit());
        Integer approvals = value(
                type, set, APPROVALS, Integer::valueOf, before == null ? KeyPolicy.APPROVALS : before.approvals());
        if (problems.size() > known
                || interval == null
                || grace == null
                || priority == null
                || usage == null
                || approvals == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyPolicy(type, interval, grace, priority, end, usage, approvals));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage() + " (settings " + PREFIX + type + ".…)");
            return Optional.empty();
        }
    }

    private GraceEnd graceEnd(KeyType type, Map<String, Object> set, @Nullable KeyPolicy before) {
        GraceEnd otherwise = before == null ? new GraceEnd.Proof() : before.graceEnd();
        if (!set.containsKey(LIFETIME)) {
            return otherwise;
        }
        if (before != null && otherwise instanceof GraceEnd.Proof) {
            problems.add("The setting " + PREFIX + type + "." + LIFETIME
                    + " has no meaning: values of this key type are re-encrypted, and grace ends with the proof");
            return otherwise;
        }
        Duration lifetime = value(type, set, LIFETIME, duration(), null);
        return lifetime == null ? otherwise : new GraceEnd.Expiry(lifetime);
    }

    private <T> @Nullable T value(
            KeyType type, Map<String, Object> set, String name, Function<String, T> parse, @Nullable T otherwise) {
        Object value = set.get(name);
        if (value == null) {
            if (otherwise == null) {
                problems.add("The setting " + PREFIX + type + "." + name + " is missing: this key type has no default");
            }
            return otherwise;
        }
        try {
            return parse.apply(value.toString().trim());
        } catch (DateTimeParseException | IllegalArgumentException e) {
            problems.add("The setting " + PREFIX + type + "." + name + " is '" + value + "': use " + form(name));
            return null;
        }
    }

    private static String form(String name) {
        return switch (name) {
            case INTERVAL, GRACE, LIFETIME -> "an ISO-8601 duration such as P90D";
            case PRIORITY -> "one of " + Arrays.toString(KeyPriority.values()).toLowerCase(Locale.ROOT);
            default -> "a whole number";
        };
    }

    private static Function<String, Duration> duration() {
        return Duration::parse;
    }

    private static KeyPriority priority(String text) {
        return KeyPriority.valueOf(text.toUpperCase(Locale.ROOT));
    }
}
