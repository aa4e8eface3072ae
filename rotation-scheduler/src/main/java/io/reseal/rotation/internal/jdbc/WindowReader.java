package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads stale rows without locks. The database itself keeps both limits: of the first row that would exceed the bytes
 * only the key is shipped.
 */
final class WindowReader {

    private static final int FIRST_FETCH = 256;
    private static final int MAX_FETCH = 4_096;

    /** The position of what tells whether a row fits; the parts of its address follow, and then its values. */
    private static final int FITS = 1;

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
            statement.setFetchSize(FIRST_FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                return window(rows);
            }
        }
    }

    /** Stops at the first row that does not fit: the database has looked at few rows behind it. */
    private Window window(ResultSet rows) throws SQLException {
        Collected collected = new Collected(query.table().keyUnique());
        int count = 0;
        int fetched = FIRST_FETCH;
        while (rows.next()) {
            if (!rows.getBoolean(FITS)) {
                return new Window(collected.rows(), false, true);
            }
            collected.add(row(rows));
            count++;
            if (count == fetched) {
                rows.setFetchSize(Math.min(count, MAX_FETCH));
                fetched += Math.min(count, MAX_FETCH);
            }
        }
        return new Window(collected.rows(), count < query.limits().rows(), false);
    }

    /** Rows in their order; where the key addresses several, those that hold the same are one. */
    private static final class Collected {

        private final boolean isUnique;
        private final List<StaleRow> rows = new ArrayList<>();
        private final Set<RowAddress> addresses = new HashSet<>();

        Collected(boolean isUnique) {
            this.isUnique = isUnique;
        }

        void add(StaleRow row) {
            if (isUnique || addresses.add(row.address())) {
                rows.add(row);
            }
        }

        List<StaleRow> rows() {
            return rows;
        }
    }

    private StaleRow row(ResultSet rows) throws SQLException {
        String[] parts = new String[address.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = rows.getString(FITS + 1 + i);
        }
        return new StaleRow(new RowAddress(List.of(parts)), stale(rows));
    }

    private Map<Integer, StoredValue> stale(ResultSet rows) throws SQLException {
        Map<Integer, StoredValue> stale = Map.of();
        for (int i = 0; i < columns.size(); i++) {
            StoredValue value = value(rows, i);
            if (value != null) {
                stale = stale.isEmpty() ? Map.of(i, value) : with(stale, i, value);
            }
        }
        return stale;
    }

    private static Map<Integer, StoredValue> with(Map<Integer, StoredValue> some, int column, StoredValue value) {
        Map<Integer, StoredValue> more = new HashMap<>(some);
        more.put(column, value);
        return more;
    }

    private @Nullable StoredValue value(ResultSet rows, int column) throws SQLException {
        if (columns.get(column).form() == StorageForm.BINARY) {
            byte[] bytes = rows.getBytes(FITS + 1 + address.size() + column);
            return bytes == null ? null : StoredValue.of(bytes);
        }
        String text = rows.getString(FITS + 1 + address.size() + column);
        return text == null ? null : StoredValue.of(text);
    }

    /**
     * Nothing here needs all rows before it has the first: who stops reading early has cost the database little. The text
     * is the same for every window, so that drivers prepare it and then receive values in binary form.
     */
    private Sql select(Sql condition) {
        String order = list(address.size(), i -> "a" + i);
        Limits limits = query.limits();
        return new Sql("SELECT fits, " + list(address.size(), i -> "k" + i) + ", "
                        + list(columns.size(), i -> "CASE WHEN fits THEN s" + i + " END"))
                .add(" FROM (SELECT m.*, (total <= ? OR total - size <= ?) AS fits FROM", limits.left(), limits.first())
                .add(" (SELECT w.*, SUM(size) OVER (ORDER BY " + order + " ROWS UNBOUNDED PRECEDING) AS total")
                .add(" FROM (SELECT r.*, " + size() + " AS size FROM (")
                .add(staleRows(condition))
                .add(") r) w) m) f ORDER BY " + order);
    }

    private Sql staleRows(Sql condition) {
        return new Sql("SELECT ")
                .add(list(address.size(), i -> expression(i) + " AS a" + i) + ", ")
                .add(list(address.size(), i -> dialect.asText(address.get(i)) + " AS k" + i) + ", ")
                .add(list(columns.size(), i -> stale(i) + " AS s" + i))
                .add(" FROM " + dialect.name(query.table()) + " t WHERE (")
                .add(condition)
                .add(") AND (" + join(columns.size(), " OR ", this::isStale) + ")")
                .add(
                        " ORDER BY " + list(address.size(), this::expression) + " LIMIT ?",
                        query.limits().rows());
    }

    /** Of a single column, only stale values are found anyway. */
    private String stale(int column) {
        return columns.size() == 1
                ? column(column)
                : "CASE WHEN " + isStale(column) + " THEN " + column(column) + " END";
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
