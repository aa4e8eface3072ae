package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the key store keeps of each time that somebody went on from an older copy of it, so that no version number is issued
 * again and nobody takes what was lost for what is there. Each recovery begins a branch.
 *
 * @param issued the greatest version numbers that may have been issued until the last recovery, by the name of the key type
 * @param branch the id of the last recovery; empty if there was none
 * @param left how far the branches had come that were given up, as whoever gave them up knew it
 * @param audited the greatest generation in the audit log at the last recovery
 */
record Recoveries(SortedMap<String, Integer> issued, String branch, SortedMap<String, Long> left, long audited) {

    /** Written by a recovery alone. */
    static final String KIND = "version-floor";

    /**
     * How many version numbers and generations a recovery leaves out beyond those that it knows of: another node may have seen more
     * of the copy that was lost.
     */
    static final int SKIPPED = 1_000;

    private static final String ID = "all";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    Recoveries {
        issued = new TreeMap<>(issued);
        left = new TreeMap<>(left);
    }

    static Recoveries of(StoredKeys stored) {
        return stored.records().stream()
                .filter(record -> record.kind().equals(KIND) && record.id().equals(ID))
                .findFirst()
                .map(record -> JSON.readValue(record.body(), Recoveries.class))
                .orElseGet(() -> new Recoveries(new TreeMap<>(), "", new TreeMap<>(), 0));
    }

    /** With one more, which leaves out numbers beyond everything that has been reached. */
    static Recoveries after(AnchorState reached, long audited) {
        SortedMap<String, Integer> beyond = new TreeMap<>();
        reached.highest().forEach((type, version) -> beyond.put(type, beyond(version)));
        return new Recoveries(beyond, UUID.randomUUID().toString(), reached.left(), audited);
    }

    ProtectedRecord record() {
        return new ProtectedRecord(KIND, ID, JSON.writeValueAsString(this));
    }

    /** The greatest number that a version of a key type may have had before the last recovery; 0 if there was none. */
    int floor(String type) {
        return issued.getOrDefault(type, branch.isEmpty() ? 0 : SKIPPED);
    }

    /** Up to which generation of a branch that was given up every number was left out; empty if it is none. */
    Optional<Long> leftOut(String other) {
        return Optional.ofNullable(left.get(other)).map(generation -> generation + SKIPPED);
    }

    /** There is a next number as long as there was one. */
    private static int beyond(int version) {
        return Math.max(version, Math.min(version + SKIPPED, KeyId.MAX_VERSION - 1));
    }
}
