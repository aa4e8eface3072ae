package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a key store has come.
 *
 * @param highest the greatest version number ever issued, by the name of the key type
 */
record AnchorState(long generation, SortedMap<String, Integer> highest) {

    static final AnchorState NONE = new AnchorState(0, new TreeMap<>());

    private static final String TITLE = "reseal/anchor/v1";
    private static final Pattern LINE = Pattern.compile("(generation|highest ([a-z0-9_]{1,64})) (\\d{1,15})");

    private static final Pattern KEY = Pattern.compile("key/([a-z0-9_]{1,64})/(\\d{1,8})");

    AnchorState {
        highest = Collections.unmodifiableSortedMap(new TreeMap<>(highest));
    }

    static AnchorState of(StoredKeys stored) {
        SortedMap<String, Integer> highest = new TreeMap<>(VersionFloors.of(stored));
        stored.keys()
                .forEach(key -> highest.merge(
                        key.metadata().type().name(), key.metadata().version(), Math::max));
        stored.unknown().stream().map(KEY::matcher).filter(Matcher::matches).forEach(key -> {
            highest.merge(key.group(1), Integer.parseInt(key.group(2)), Math::max);
        });
        return new AnchorState(stored.generation(), highest);
    }

    /** At least as far as both. */
    AnchorState and(AnchorState other) {
        SortedMap<String, Integer> both = new TreeMap<>(highest);
        other.highest.forEach((type, version) -> both.merge(type, version, Math::max));
        return new AnchorState(Math.max(generation, other.generation), both);
    }

    /** Whether nothing is known here that the other lacks. */
    boolean isCoveredBy(AnchorState other) {
        return other.equals(other.and(this));
    }

    String text() {
        StringBuilder text = new StringBuilder(TITLE + "\ngeneration " + generation + "\n");
        highest.forEach((type, version) ->
                text.append("highest ").append(type).append(' ').append(version).append('\n'));
        return text.toString();
    }

    /** Empty if it is no {@link #text}. */
    static Optional<AnchorState> parse(String text) {
        List<String> lines = text.lines().toList();
        SortedMap<String, Integer> highest = new TreeMap<>();
        long generation = -1;
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                return Optional.empty();
            }
            String type = parts.group(2);
            long number = Long.parseLong(parts.group(3));
            if (type == null) {
                generation = number;
            } else if (number <= KeyId.MAX_VERSION) {
                highest.put(type, (int) number);
            }
        }
        boolean complete = lines.indexOf(TITLE) == 0 && generation >= 0;
        return complete ? Optional.of(new AnchorState(generation, highest)) : Optional.empty();
    }
}
