package io.reseal.testing;

import io.reseal.keys.KeyTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AssertProvider;

/**
 * A row as the database holds it, for {@code assertThat(row).sealedUnder("database_encryption", 7)} with AssertJ's own {@code assertThat}.
 */
public record StoredRow(List<StoredValue> values) implements AssertProvider<StoredRowAssert> {

    public StoredRow {
        values = List.copyOf(values);
    }

    /**
     * Reads the one row of a query, past Reseal.
     *
     * @throws AssertionError if there is none, or more than one
     */
    public static StoredRow read(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new AssertionError("Expected one row, and there is none: " + sql);
                }
                StoredRow row = row(rows);
                if (rows.next()) {
                    throw new AssertionError("Expected one row, and there are more: " + sql);
                }
                return row;
            }
        }
    }

    /** The value of a column, whatever the case of its name. */
    public StoredValue value(String column) {
        return values.stream()
                .filter(value -> value.column().equalsIgnoreCase(column))
                .findFirst()
                .orElseThrow(() -> new AssertionError("The row has no column " + column));
    }

    @Override
    public StoredRowAssert assertThat() {
        return new StoredRowAssert(this);
    }

    private static StoredRow row(ResultSet row) throws SQLException {
        List<StoredValue> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            Object stored = row.getObject(i);
            boolean isText = stored != null && !(stored instanceof byte[]);
            values.add(new StoredValue(
                    row.getMetaData().getColumnLabel(i), isText ? row.getString(i) : stored, KeyTypes.standard()));
        }
        return new StoredRow(values);
    }
}
