package io.reseal.keys;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A key store's table of contents: the generation, and the MAC of each row by the row's name.
 *
 * @param rows MACs in hexadecimal digits
 */
record StoreContents(long generation, SortedMap<String, String> rows) {

    private static final String TITLE = "reseal/key-store/v1 ";

    /** One line for the generation, one for each row, in the order of names. */
    String text() {
        return TITLE + generation + "\n"
                + rows.entrySet().stream()
                        .map(row -> row.getKey() + " " + row.getValue() + "\n")
                        .collect(Collectors.joining());
    }

    /** Empty if it is no {@link #text}. */
    static Optional<StoreContents> parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.get(0).matches(TITLE + "\\d{1,18}")) {
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
        return Optional.of(
                new StoreContents(Long.parseLong(lines.get(0).substring(TITLE.length())), new TreeMap<>(rows)));
    }
}
