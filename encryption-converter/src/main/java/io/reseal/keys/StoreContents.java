package io.reseal.keys;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A key store's table of contents: which store it is, the generation, and the MAC of each row by the row's name.
 *
 * @param store a UUID that the store keeps for life
 * @param rows MACs in hexadecimal digits
 */
record StoreContents(String store, long generation, SortedMap<String, String> rows) {

    private static final String TITLE = "reseal/key-store/v1 ";
    private static final Pattern FIRST_LINE = Pattern.compile(TITLE + "([0-9a-f-]{36}) (\\d{1,18})");

    /** One line for store and generation, one for each row, in the order of names. */
    String text() {
        return TITLE + store + " " + generation + "\n"
                + rows.entrySet().stream()
                        .map(row -> row.getKey() + " " + row.getValue() + "\n")
                        .collect(Collectors.joining());
    }

    /** Empty if it is no {@link #text}. */
    static Optional<StoreContents> parse(String text) {
        List<String> lines = text.lines().toList();
        Matcher first = FIRST_LINE.matcher(lines.isEmpty() ? "" : lines.get(0));
        if (!first.matches()) {
            return Optional.empty();
        }
        Map<String, String> rows = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int space = line.indexOf(' ');
            if (space < 0) {
                return Optional.empty();
            }
            rows.put(line.substring(0, space), line.substring(space + 1));
        }
        return Optional.of(new StoreContents(first.group(1), Long.parseLong(first.group(2)), new TreeMap<>(rows)));
    }
}
