package io.reseal.rotation.internal.jdbc;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for a key in the middle of a part of a table of PostgreSQL, by a few look-ups in the key's index: a sample of a huge
 * table's pages hardly hits the little that is left of it. Integer and UUID keys are halved by their values, and halved again
 * where the rows lie to one side.
 */
final class KeyBisection {

    private static final Set<String> INTEGERS = Set.of("pg_catalog.int2", "pg_catalog.int4", "pg_catalog.int8");
    private static final String UUID = "pg_catalog.uuid";
    private static final int HEX = 16;

    private final PostgresDialect dialect;
    private final Connection connection;
    private final SealedTable table;
    private final List<Dialect.AddressPart> key;

    KeyBisection(PostgresDialect dialect, Connection connection, SealedTable table) {
        this.dialect = dialect;
        this.connection = connection;
        this.table = table;
        this.key = dialect.address(table);
    }

    /** A key with at least half of {@code rows} before and behind it; empty if there are fewer rows. */
    Optional<RowAddress> middle(Bounds bounds, long rows) throws SQLException {
        if (!holds(bounds, rows)) {
            return Optional.empty();
        }
        long half = Math.max(1, rows / 2);
        Optional<RowAddress> cut = byValue(bounds, half);
        if (cut.isEmpty()) {
            cut = bySample(bounds, half);
        }
        return cut.isPresent() ? cut : nth(bounds, half);
    }

    private boolean holds(Bounds bounds, long rows) throws SQLException {
        return nth(bounds, rows).isPresent();
    }

    private Optional<RowAddress> nth(Bounds bounds, long number) throws SQLException {
        return find(dialect.isWithin(table, bounds), "", number - 1);
    }

    private boolean halves(RowAddress cut, Bounds bounds, long half) throws SQLException {
        return holds(bounds.upTo(cut), half) && holds(bounds.from(cut), half);
    }

    private Optional<RowAddress> bySample(Bounds bounds, long half) throws SQLException {
        List<RowAddress> keys =
                new PostgresSample(dialect, table).take(connection, bounds).keys();
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        RowAddress cut = keys.get((keys.size() - 1) / 2);
        return halves(cut, bounds, half) ? Optional.of(cut) : Optional.empty();
    }

    /** Empty if the keys differ first in a column that is no number, or a single number has nearly all rows. */
    private Optional<RowAddress> byValue(Bounds bounds, long half) throws SQLException {
        Optional<RowAddress> least = find(dialect.isWithin(table, bounds), "", 0);
        Optional<RowAddress> greatest = find(dialect.isWithin(table, bounds), " DESC", 0);
        if (least.isEmpty() || greatest.isEmpty()) {
            return Optional.empty();
        }
        int column = firstDifference(least.get(), greatest.get());
        if (column == key.size() || !isNumber(column)) {
            return Optional.empty();
        }
        BigInteger low = number(least.get(), column);
        BigInteger high = number(greatest.get(), column);
        while (low.compareTo(high) < 0) {
            BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
            Optional<RowAddress> cut = lastBelow(with(least.get(), column, middle), bounds);
            if (cut.isEmpty() || !holds(bounds.upTo(cut.get()), half)) {
                low = middle;
            } else if (!holds(bounds.from(cut.get()), half)) {
                high = middle.subtract(BigInteger.ONE);
            } else {
                return cut;
            }
        }
        return Optional.empty();
    }

    private static int firstDifference(RowAddress one, RowAddress other) {
        int column = 0;
        while (column < one.parts().size()
                && one.parts().get(column).equals(other.parts().get(column))) {
            column++;
        }
        return column;
    }

    private boolean isNumber(int column) {
        return INTEGERS.contains(key.get(column).type()) || isUuid(column);
    }

    private boolean isUuid(int column) {
        return key.get(column).type().equals(UUID);
    }

    private BigInteger number(RowAddress address, int column) {
        String text = address.parts().get(column);
        return isUuid(column) ? new BigInteger(text.replace("-", ""), HEX) : new BigInteger(text);
    }

    /** What stands before the column, and a number in it. */
    private RowAddress with(RowAddress address, int column, BigInteger number) {
        List<String> parts = new ArrayList<>(address.parts().subList(0, column));
        parts.add(isUuid(column) ? String.format(Locale.ROOT, "%032x", number) : number.toString());
        return new RowAddress(parts);
    }

    private Optional<RowAddress> lastBelow(RowAddress start, Bounds bounds) throws SQLException {
        List<Dialect.AddressPart> first = key.subList(0, start.parts().size());
        return find(dialect.isWithin(table, bounds).add(dialect.compare(first, "<", start)), " DESC", 0);
    }

    private Optional<RowAddress> find(Sql condition, String direction, long skipped) throws SQLException {
        String order = key.stream().map(part -> part.expression() + direction).collect(Collectors.joining(", "));
        Sql sql = new Sql("SELECT ")
                .add(key.stream().map(dialect::asText).collect(Collectors.joining(", ")))
                .add(" FROM " + dialect.name(table) + " t WHERE ")
                .add(condition)
                .add(" ORDER BY " + order + " LIMIT 1 OFFSET ?", skipped);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(RowAddress.read(row, key.size())) : Optional.empty();
        }
    }
}
