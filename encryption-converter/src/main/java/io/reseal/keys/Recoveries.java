package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the key store keeps of each time that somebody went on from an older copy of it, so that no version number is issued
 * again and nobody takes what was lost for what is there.
 *
 * @param issued the greatest version numbers that may have been issued until the last recovery, by the name of the key type
 * @param past the recoveries, oldest first
 */
record Recoveries(SortedMap<String, Integer> issued, List<Mark> past) {

    /** Written by a recovery alone. */
    static final String KIND = "version-floor";

    /**
     * How many version numbers and generations a recovery leaves out beyond those that it knows of: another node may have seen more
     * of the copy that was lost.
     */
    static final int SKIPPED = 1_000;

    private static final String ID = "all";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * One recovery.
     *
     * @param id unique
     * @param generation that it led to
     * @param audited the greatest generation in the audit log then
     */
    record Mark(String id, long generation, long audited) {}

    Recoveries {
        issued = new TreeMap<>(issued);
        past = List.copyOf(past);
    }

    static Recoveries of(StoredKeys stored) {
        return stored.records().stream()
                .filter(record -> record.kind().equals(KIND) && record.id().equals(ID))
                .findFirst()
                .map(record -> JSON.readValue(record.body(), Recoveries.class))
                .orElseGet(() -> new Recoveries(new TreeMap<>(), List.of()));
    }

    ProtectedRecord record() {
        return new ProtectedRecord(KIND, ID, JSON.writeValueAsString(this));
    }

    /** The greatest number that a version of a key type may have had before the last recovery; 0 if there was none. */
    int floor(String type) {
        return issued.getOrDefault(type, past.isEmpty() ? 0 : SKIPPED);
    }

    Optional<Mark> last() {
        return past.isEmpty() ? Optional.empty() : Optional.of(past.get(past.size() - 1));
    }

    /** Those after the one of that id; all of them if the id is empty. */
    List<Mark> after(String id) {
        List<String> ids = past.stream().map(Mark::id).toList();
        return past.subList(ids.indexOf(id) + 1, past.size());
    }

    boolean include(String id) {
        return past.stream().anyMatch(mark -> mark.id().equals(id));
    }

    /** With one more, which leaves numbers out beyond {@code highest}. */
    Recoveries and(Mark mark, SortedMap<String, Integer> highest) {
        SortedMap<String, Integer> beyond = new TreeMap<>();
        highest.forEach((type, version) -> beyond.put(type, beyond(version)));
        List<Mark> marks = new ArrayList<>(past);
        marks.add(mark);
        return new Recoveries(beyond, marks);
    }

    /** There is a next number as long as there was one. */
    private static int beyond(int version) {
        return Math.max(version, Math.min(version + SKIPPED, KeyId.MAX_VERSION - 1));
    }
}
