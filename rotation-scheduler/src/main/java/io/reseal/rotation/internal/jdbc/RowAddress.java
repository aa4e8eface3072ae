package io.reseal.rotation.internal.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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

    /** The first columns of a row, all of them text. */
    static RowAddress read(ResultSet row, int columns) throws SQLException {
        List<String> parts = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            parts.add(row.getString(i));
        }
        return new RowAddress(parts);
    }

    public String toJson() {
        return JSON.writeValueAsString(parts);
    }
}
