package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.StoredRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Names what differs between a key store and its table of contents. Not safe for use by several threads. */
final class StoreDifferences {

    private final BiFunction<StoredRow, String, String> tag;
    private final List<String> found = new ArrayList<>();

    /** @param tag the MAC of a row as if it had that name */
    StoreDifferences(BiFunction<StoredRow, String, String> tag) {
        this.tag = tag;
    }

    List<String> found() {
        return found;
    }

    void note(String difference) {
        found.add(difference);
    }

    void compare(StoreContents contents, StoredKeys stored) {
        if (contents.generation() != stored.generation()) {
            note("the generation in reseal_keystore was changed from " + contents.generation() + " to "
                    + stored.generation());
        }
        Map<String, StoredRow> rows = new LinkedHashMap<>();
        StoredRow.of(stored).forEach(row -> rows.put(row.name(), row));
        contents.rows().keySet().stream()
                .filter(name -> !rows.containsKey(name)
                        && !stored.unknown().contains(name)
                        && !stored.unreadable().containsKey(name))
                .forEach(name -> note(described(name) + " was deleted"));
        stored.unknown().stream()
                .filter(name -> !contents.rows().containsKey(name))
                .sorted()
                .forEach(name -> note(described(name) + " was added"));
        new TreeMap<>(stored.unreadable()).forEach((name, problem) -> note(described(name) + " " + problem));
        rows.values().forEach(row -> compare(contents, row));
    }

    private void compare(StoreContents contents, StoredRow row) {
        String expected = contents.rows().get(row.name());
        if (expected == null) {
            note(described(row.name()) + " was added");
        } else if (!expected.equals(tag.apply(row, row.name()))) {
            note(described(row.name()) + origin(contents, row));
        }
    }

    /** Tells an exchange of two rows from an edit. */
    private String origin(StoreContents contents, StoredRow row) {
        return contents.rows().entrySet().stream()
                .filter(other -> other.getValue().equals(tag.apply(row, other.getKey())))
                .map(other -> " holds what belongs into " + described(other.getKey()))
                .findFirst()
                .orElse(" was edited");
    }

    private static String described(String name) {
        String[] parts = name.split("/", 3);
        return parts.length < 3
                ? "the row " + name
                : parts[0].equals("key")
                        ? "the row of the key " + parts[1] + " version " + parts[2] + " in reseal_key"
                        : "the row of the " + parts[1] + " '" + parts[2] + "' in reseal_record";
    }
}
