package io.reseal.examples.social;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/** What a DBA sees: one stored value of every encrypted column, read through plain JDBC. */
final class RawRows {

    private static final int SHOWN_BYTES = 12;
    private static final int SHOWN_CHARACTERS = 24;
    private static final int HEADER_LENGTH = 5;

    private final DataSource database;

    RawRows(DataSource database) {
        this.database = database;
    }

    List<String> lines() {
        return StoredColumn.ALL.stream().map(this::line).toList();
    }

    private String line(StoredColumn column) {
        String sql = """
                select %s from %s
                where %1$s is not null
                order by %s
                fetch first 1 row only
                """.formatted(
                        column.name(), column.table(), column.table().endsWith("_devices") ? "user_settings_id" : "id");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            String value = !row.next()
                    ? "no value"
                    : column.form() == StorageForm.TEXT ? text(row.getString(1)) : binary(row.getBytes(1));
            return String.format(Locale.ROOT, "%-34s  %s", column, value);
        } catch (SQLException e) {
            throw new IllegalStateException("A row of " + column + " can't be read", e);
        }
    }

    private static String text(String value) {
        return String.format(
                Locale.ROOT,
                "%-40s %5d characters",
                value.substring(0, Math.min(value.length(), SHOWN_CHARACTERS)) + "…",
                value.length());
    }

    /** The header apart: one byte for the format, one for the key type, three for the version. */
    private static String binary(byte[] value) {
        HexFormat hex = HexFormat.of();
        int shown = Math.min(value.length, SHOWN_BYTES);
        if (shown < HEADER_LENGTH) {
            return hex.formatHex(value);
        }
        String header = hex.formatHex(value, 0, 1) + " " + hex.formatHex(value, 1, 2) + " "
                + hex.formatHex(value, 2, HEADER_LENGTH);
        return String.format(
                Locale.ROOT,
                "%-40s %5d bytes",
                header + " " + hex.formatHex(value, HEADER_LENGTH, shown) + "…",
                value.length);
    }
}
