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
import java.util.stream.IntStream;

/**
 * Keys spread over a part of a table, found by a handful of index look-ups: at even distances between the least and the
 * greatest integer, or UUID. Other keys are counted off, where the table is small enough for that; a larger one is sampled not
 * at all.
 */
final class MariaSample {

    private static final int SAMPLED_KEYS = 32;
    private static final long COUNTED_OFF = 50_000;
    private static final Set<String> INTEGERS = Set.of("SIGNED", "UNSIGNED");

    private final MariaDialect dialect;
    private final SealedTable table;
    private final Bounds bounds;
    private final List<Dialect.AddressPart> key;
    private final Dialect.AddressPart first;

    MariaSample(MariaDialect dialect, SealedTable table, Bounds bounds) {
        this.dialect = dialect;
        this.table = table;
        this.bounds = bounds;
        this.key = dialect.address(table).subList(0, table.key().size());
        this.first = key.get(0);
    }

    KeySample take(Connection connection) throws SQLException {
        long rows = bounds.equals(Bounds.ALL) ? MariaDictionary.rows(connection, table) : explained(connection);
        List<RowAddress> keys = rows <= COUNTED_OFF ? countedOff(connection, rows) : lookedUp(connection);
        return new KeySample(rows, keys.stream().distinct().toList());
    }

    /** What the optimizer expects to read, by a look into the index. */
    private long explained(Connection connection) throws SQLException {
        Sql sql = new Sql("EXPLAIN SELECT 1 FROM " + dialect.name(table) + " t WHERE ").add(within());
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong("rows") : 0;
        }
    }

    private List<RowAddress> countedOff(Connection connection, long rows) throws SQLException {
        List<RowAddress> keys = new ArrayList<>();
        for (long i = 1; i < SAMPLED_KEYS; i++) {
            Optional<RowAddress> found = find(connection, within(), " LIMIT 1 OFFSET " + rows * i / SAMPLED_KEYS);
            if (found.isEmpty()) {
                return keys;
            }
            keys.add(found.get());
        }
        return keys;
    }

    private List<RowAddress> lookedUp(Connection connection) throws SQLException {
        List<RowAddress> keys = new ArrayList<>();
        for (String cut : cuts(connection)) {
            Sql from = within().add(" AND " + first.expression() + " >= " + dialect.parameter(first), cut);
            find(connection, from, " LIMIT 1").ifPresent(keys::add);
        }
        return keys;
    }

    private List<String> cuts(Connection connection) throws SQLException {
        if (INTEGERS.contains(first.type())) {
            Optional<RowAddress> least = find(connection, within(), " LIMIT 1");
            Optional<RowAddress> greatest = find(connection, within(), " DESC LIMIT 1");
            return least.isPresent() && greatest.isPresent()
                    ? integers(number(least.get()), number(greatest.get()))
                    : List.of();
        }
        return first.type().equals("uuid")
                ? IntStream.range(1, SAMPLED_KEYS)
                        .mapToObj(i -> String.format(
                                Locale.ROOT, "%02x000000-0000-0000-0000-000000000000", 256 / SAMPLED_KEYS * i))
                        .toList()
                : List.of();
    }

    private static BigInteger number(RowAddress address) {
        return new BigInteger(address.parts().get(0));
    }

    private static List<String> integers(BigInteger least, BigInteger greatest) {
        BigInteger distance = greatest.subtract(least);
        return IntStream.range(1, SAMPLED_KEYS)
                .mapToObj(BigInteger::valueOf)
                .map(i -> least.add(distance.multiply(i).divide(BigInteger.valueOf(SAMPLED_KEYS)))
                        .toString())
                .toList();
    }

    private Sql within() {
        return dialect.isWithin(table, bounds);
    }

    private Optional<RowAddress> find(Connection connection, Sql condition, String order) throws SQLException {
        String direction = order.startsWith(" DESC") ? " DESC, " : ", ";
        Sql sql = new Sql("SELECT " + key.stream().map(dialect::asText).collect(Collectors.joining(", ")) + " FROM "
                        + dialect.name(table) + " t WHERE ")
                .add(condition)
                .add(" ORDER BY "
                        + key.stream().map(Dialect.AddressPart::expression).collect(Collectors.joining(direction))
                        + order);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(RowAddress.read(row, key.size())) : Optional.empty();
        }
    }
}
