package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How far a key store has come.
 *
 * @param store the UUID of the store; empty before its first transition
 * @param generation grows with every transition
 * @param contents the MAC of its table of contents; empty before its first transition
 * @param branch the id of its last recovery; empty if there was none
 * @param left how far branches had come that were given up, or are about to be
 * @param highest the greatest version number ever issued, by the name of the key type
 */
record AnchorState(
        String store,
        long generation,
        String contents,
        String branch,
        SortedMap<String, Long> left,
        SortedMap<String, Integer> highest) {

    static final AnchorState NONE = new AnchorState("", 0, "", "", new TreeMap<>(), new TreeMap<>());

    private static final Pattern TEXT = Pattern.compile("store ([0-9a-f-]{0,36})\ngeneration (\\d{1,18})\n"
            + "contents ([0-9a-f]{0,256})\nbranch ([0-9a-f-]{0,36})\n((?:left [0-9a-f-]{0,36} \\d{1,18}\n)*)"
            + "((?:highest [a-z0-9_]{1,64} \\d{1,8}\n)*)");
    private static final Pattern KEY = Pattern.compile("key/([a-z0-9_]{1,64})/(\\d{1,8})");

    /** What an anchor may claim that nobody vouches for: enough not to issue a number again, and not the end of all numbers. */
    private static final int PLAUSIBLE_VERSION = 100_000;

    private static final long PLAUSIBLE_GENERATION = 1_000_000_000;

    AnchorState {
        left = Collections.unmodifiableSortedMap(new TreeMap<>(left));
        highest = Collections.unmodifiableSortedMap(new TreeMap<>(highest));
    }

    static AnchorState of(StoredKeys stored) {
        Recoveries recoveries = Recoveries.of(stored);
        SortedMap<String, Integer> highest = new TreeMap<>(recoveries.issued());
        stored.keys()
                .forEach(key -> highest.merge(
                        key.metadata().type().name(), key.metadata().version(), Math::max));
        stored.unknown().stream().map(KEY::matcher).filter(Matcher::matches).forEach(key -> {
            highest.merge(key.group(1), Integer.parseInt(key.group(2)), Math::max);
        });
        return new AnchorState(
                stored.seal()
                        .flatMap(seal -> StoreContents.parse(seal.contents()))
                        .map(StoreContents::store)
                        .orElse(""),
                stored.generation(),
                stored.seal()
                        .map(seal -> HexFormat.of().formatHex(seal.mac().toByteArray()))
                        .orElse(""),
                recoveries.branch(),
                recoveries.left(),
                highest);
    }

    /** At least as far as all, whose branches are given up. */
    AnchorState and(AnchorState... others) {
        long furthest = 0;
        SortedMap<String, Integer> versions = new TreeMap<>();
        SortedMap<String, Long> branches = new TreeMap<>();
        for (AnchorState one : Stream.concat(Stream.of(this), Stream.of(others)).toList()) {
            furthest = Math.max(furthest, one.generation);
            one.highest.forEach((type, version) -> versions.merge(type, version, Math::max));
            one.left.forEach((id, reached) -> branches.merge(id, reached, Math::max));
            branches.merge(one.branch, one.generation, Math::max);
        }
        return new AnchorState(store, furthest, contents, branch, branches, versions);
    }

    /** No further than anybody may claim. */
    AnchorState plausible() {
        SortedMap<String, Integer> lower = new TreeMap<>(highest);
        lower.replaceAll((type, version) -> Math.min(version, PLAUSIBLE_VERSION));
        return new AnchorState(
                store, Math.min(generation, PLAUSIBLE_GENERATION), contents, branch, new TreeMap<>(), lower);
    }

    String text() {
        StringBuilder text = new StringBuilder("store " + store + "\ngeneration " + generation + "\ncontents "
                + contents + "\nbranch " + branch + "\n");
        left.forEach((id, reached) ->
                text.append("left ").append(id).append(' ').append(reached).append('\n'));
        highest.forEach((type, version) ->
                text.append("highest ").append(type).append(' ').append(version).append('\n'));
        return text.toString();
    }

    /** Empty if it is no {@link #text}. */
    static Optional<AnchorState> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        SortedMap<String, Long> left = new TreeMap<>();
        numbers(parts.group(5)).forEach((id, reached) -> left.put(id, Long.parseLong(reached)));
        SortedMap<String, Integer> highest = new TreeMap<>();
        numbers(parts.group(6))
                .forEach((type, version) -> highest.put(type, Math.min(Integer.parseInt(version), KeyId.MAX_VERSION)));
        return Optional.of(new AnchorState(
                parts.group(1), Long.parseLong(parts.group(2)), parts.group(3), parts.group(4), left, highest));
    }

    /** Lines of a word, a name and a number each. */
    private static Map<String, String> numbers(String lines) {
        Map<String, String> numbers = new TreeMap<>();
        for (String line : lines.lines().toList()) {
            List<String> words = List.of(line.split(" ", -1));
            numbers.put(words.get(1), words.get(2));
        }
        return numbers;
    }
}
