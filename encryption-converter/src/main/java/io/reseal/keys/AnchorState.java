package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a key store has come.
 *
 * @param store the UUID of the store; empty before its first transition
 * @param generation grows with every transition
 * @param contents the MAC of its table of contents; empty before its first transition
 * @param recovery the id of its last recovery; empty if there was none
 * @param highest the greatest version number ever issued, by the name of the key type
 */
record AnchorState(
        String store, long generation, String contents, String recovery, SortedMap<String, Integer> highest) {

    static final AnchorState NONE = new AnchorState("", 0, "", "", new TreeMap<>());

    private static final Pattern TEXT = Pattern.compile("store ([0-9a-f-]{0,36})\ngeneration (\\d{1,18})\n"
            + "contents ([0-9a-f]{0,256})\nrecovery ([0-9a-f-]{0,36})\n((?:highest [a-z0-9_]{1,64} \\d{1,8}\n)*)");
    private static final Pattern KEY = Pattern.compile("key/([a-z0-9_]{1,64})/(\\d{1,8})");

    /** What an anchor may claim that nobody vouches for: enough not to issue a number again, and not the end of all numbers. */
    private static final int PLAUSIBLE_VERSION = 100_000;

    private static final long PLAUSIBLE_GENERATION = 1_000_000_000;

    AnchorState {
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
                recoveries.last().map(Recoveries.Mark::id).orElse(""),
                highest);
    }

    /** At least as far as both. */
    AnchorState and(AnchorState other) {
        SortedMap<String, Integer> both = new TreeMap<>(highest);
        other.highest.forEach((type, version) -> both.merge(type, version, Math::max));
        return new AnchorState(store, Math.max(generation, other.generation), contents, recovery, both);
    }

    /** No further than anybody may claim. */
    AnchorState plausible() {
        SortedMap<String, Integer> lower = new TreeMap<>(highest);
        lower.replaceAll((type, version) -> Math.min(version, PLAUSIBLE_VERSION));
        return new AnchorState(store, Math.min(generation, PLAUSIBLE_GENERATION), contents, recovery, lower);
    }

    String text() {
        StringBuilder text = new StringBuilder("store " + store + "\ngeneration " + generation + "\ncontents "
                + contents + "\nrecovery " + recovery + "\n");
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
        SortedMap<String, Integer> highest = new TreeMap<>();
        for (String line : parts.group(5).lines().toList()) {
            List<String> words = List.of(line.split(" ", -1));
            highest.put(words.get(1), Math.min(Integer.parseInt(words.get(2)), KeyId.MAX_VERSION));
        }
        return Optional.of(new AnchorState(
                parts.group(1), Long.parseLong(parts.group(2)), parts.group(3), parts.group(4), highest));
    }
}
