package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The version numbers that were issued before the key store was rolled back, kept so that none is issued again. */
final class VersionFloors {

    /** Written by a recovery alone. */
    static final String KIND = "version-floor";

    private static final String ID = "all";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Integer>> NUMBERS = new TypeReference<>() {};

    private VersionFloors() {}

    /** By the name of the key type; empty unless the store was recovered once. */
    static Map<String, Integer> of(StoredKeys stored) {
        return stored.records().stream()
                .filter(record -> record.kind().equals(KIND) && record.id().equals(ID))
                .findFirst()
                .map(record -> JSON.readValue(record.body(), NUMBERS))
                .orElse(Map.of());
    }

    static ProtectedRecord record(Map<String, Integer> highest) {
        return new ProtectedRecord(KIND, ID, JSON.writeValueAsString(new TreeMap<>(highest)));
    }
}
