package io.reseal.rotation.internal.jdbc;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a row is in its table's key order: the key columns as text and, where these do not address one row, a digest of
 * what is stored in it.
 */
public record RowAddress(List<String> parts) {

    private static final JsonMapper JSON = JsonMapper.shared();

    public RowAddress {
        parts = List.copyOf(parts);
    }

    /** Reads what {@link #toJson} wrote. */
    public static RowAddress parse(String json) {
        return new RowAddress(List.of(JSON.readValue(json, String[].class)));
    }

    public String toJson() {
        return JSON.writeValueAsString(parts);
    }
}
