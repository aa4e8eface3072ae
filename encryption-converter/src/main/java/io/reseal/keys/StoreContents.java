package io.reseal.keys;

import java.util.HashMap;
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
        String[] lines = text.split("\n");
        if (!lines[0].matches(TITLE + "\\d{1,18}")) {
            return Optional.empty();
        }
        Map<String, String> rows = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int space = lines[i].indexOf(' ');
            if (space < 0) {
                return Optional.empty();
            }
            rows.put(lines[i].substring(0, space), lines[i].substring(space + 1));
        }
        return Optional.of(new StoreContents(Long.parseLong(lines[0].substring(TITLE.length())), new TreeMap<>(rows)));
    }
}
