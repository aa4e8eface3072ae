package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads stale rows without locks. The database itself keeps both limits: of the first row that would exceed the bytes
 * only the key is shipped.
 */
final class WindowReader {

    private static final int FETCH_SIZE = 2_000;

    private final Dialect dialect;
    private final StaleQuery query;
    private final List<Dialect.AddressPart> address;
    private final List<ValueColumn> columns;

    WindowReader(Dialect dialect, StaleQuery query) {
        this.dialect = dialect;
        this.query = query;
        this.address = dialect.address(query.table());
        this.columns = query.table().columns();
    }

    Window read(Connection connection, Sql condition) throws SQLException {
        try (PreparedStatement statement = select(condition).prepare(connection)) {
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery()) {
                return window(rows);
            }
        }
    }

    private Window window(ResultSet rows) throws SQLException {
        Map<RowAddress, StaleRow> byAddress = new LinkedHashMap<>();
        int count = 0;
        while (rows.next()) {
            if (!rows.getBoolean("fits")) {
                return new Window(new ArrayList<>(byAddress.values()), false);
            }
            count++;
            StaleRow row = row(rows);
            byAddress.put(row.address(), row);
        }
        return new Window(
                new ArrayList<>(byAddress.values()), count < query.limits().rows());
    }

    private StaleRow row(ResultSet rows) throws SQLException {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < address.size(); i++) {
            parts.add(rows.getString("k" + i));
        }
        Map<Integer, StoredValue> stale = new TreeMap<>();
        for (int i = 0; i < columns.size(); i++) {
            StoredValue value = value(rows, i);
            if (value != null) {
                stale.put(i, value);
            }
        }
        return new StaleRow(new RowAddress(parts), stale);
    }

    private @Nullable StoredValue value(ResultSet rows, int column) throws SQLException {
        if (columns.get(column).form() == StorageForm.BINARY) {
            byte[] bytes = rows.getBytes("s" + column);
            return bytes == null ? null : StoredValue.of(bytes);
        }
        String text = rows.getString("s" + column);
        return text == null ? null : StoredValue.of(text);
    }

    private Sql select(Sql condition) {
        String order = list(address.size(), i -> "a" + i);
        long bytes = query.limits().bytes();
        return new Sql("SELECT " + list(address.size(), i -> "k" + i) + ", fits, "
                        + list(columns.size(), i -> "CASE WHEN fits THEN s" + i + " END AS s" + i))
                .add(" FROM (SELECT m.*, (n = 1 OR total <= " + bytes + ") AS fits FROM (SELECT w.*,")
                .add(" ROW_NUMBER() OVER (ORDER BY " + order + ") AS n,")
                .add(" SUM(size) OVER (ORDER BY " + order + " ROWS UNBOUNDED PRECEDING) AS total")
                .add(" FROM (SELECT r.*, " + size() + " AS size FROM (")
                .add(staleRows(condition))
                .add(") r) w) m) f WHERE total - size <= " + bytes + " ORDER BY n");
    }

    private Sql staleRows(Sql condition) {
        return new Sql("SELECT ")
                .add(list(address.size(), i -> expression(i) + " AS a" + i) + ", ")
                .add(list(address.size(), i -> dialect.asText(address.get(i)) + " AS k" + i) + ", ")
                .add(list(columns.size(), i -> "CASE WHEN " + isStale(i) + " THEN " + column(i) + " END AS s" + i))
                .add(" FROM " + dialect.name(query.table()) + " t WHERE (")
                .add(condition)
                .add(") AND (" + join(columns.size(), " OR ", this::isStale) + ")")
                .add(" ORDER BY " + list(address.size(), this::expression) + " LIMIT "
                        + query.limits().rows());
    }

    private String size() {
        return join(columns.size(), " + ", i -> "COALESCE(OCTET_LENGTH(s" + i + "), 0)");
    }

    private String expression(int part) {
        return address.get(part).expression();
    }

    private String column(int column) {
        return "t." + dialect.quoted(columns.get(column).name());
    }

    private String isStale(int column) {
        return dialect.isUnder(columns.get(column), query.retired());
    }

    private static String list(int size, IntFunction<String> item) {
        return join(size, ", ", item);
    }

    private static String join(int size, String separator, IntFunction<String> item) {
        return IntStream.range(0, size).mapToObj(item).collect(Collectors.joining(separator));
    }
}
