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
 * Keys spread over a table, found by a handful of index look-ups: at even distances between the least and the greatest
 * integer, or UUID. Other keys are counted off, where the table is small enough for that; a larger one is sampled not at all.
 */
final class MariaSample {

    private static final int SAMPLED_KEYS = 32;
    private static final long COUNTED_OFF = 50_000;
    private static final Set<String> INTEGERS = Set.of("SIGNED", "UNSIGNED");

    private final MariaDialect dialect;
    private final SealedTable table;
    private final List<Dialect.AddressPart> key;
    private final Dialect.AddressPart first;

    MariaSample(MariaDialect dialect, SealedTable table) {
        this.dialect = dialect;
        this.table = table;
        this.key = dialect.address(table).subList(0, table.key().size());
        this.first = key.get(0);
    }

    KeySample take(Connection connection) throws SQLException {
        long rows = MariaDictionary.rows(connection, table);
        List<RowAddress> keys = new ArrayList<>();
        if (rows <= COUNTED_OFF) {
            for (long i = 1; i < SAMPLED_KEYS; i++) {
                find(connection, " OFFSET " + rows * i / SAMPLED_KEYS, Optional.empty())
                        .ifPresent(keys::add);
            }
        } else {
            for (String cut : cuts(connection)) {
                find(connection, "", Optional.of(cut)).ifPresent(keys::add);
            }
        }
        return new KeySample(rows, keys.stream().distinct().toList());
    }

    private List<String> cuts(Connection connection) throws SQLException {
        if (INTEGERS.contains(first.type())) {
            return integers(end(connection, "MIN"), end(connection, "MAX"));
        }
        return first.type().equals("uuid")
                ? IntStream.range(1, SAMPLED_KEYS)
                        .mapToObj(i -> String.format(
                                Locale.ROOT, "%02x000000-0000-0000-0000-000000000000", 256 / SAMPLED_KEYS * i))
                        .toList()
                : List.of();
    }

    private static List<String> integers(BigInteger least, BigInteger greatest) {
        BigInteger distance = greatest.subtract(least);
        return IntStream.range(1, SAMPLED_KEYS)
                .mapToObj(BigInteger::valueOf)
                .map(i -> least.add(distance.multiply(i).divide(BigInteger.valueOf(SAMPLED_KEYS)))
                        .toString())
                .toList();
    }

    private BigInteger end(Connection connection, String function) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT COALESCE(" + function + "("
                        + first.expression() + "), 0) FROM " + dialect.name(table) + " t");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new BigInteger(row.getString(1));
        }
    }

    private Optional<RowAddress> find(Connection connection, String offset, Optional<String> from) throws SQLException {
        Sql sql = new Sql("SELECT " + key.stream().map(dialect::asText).collect(Collectors.joining(", ")) + " FROM "
                + dialect.name(table) + " t");
        from.ifPresent(cut -> sql.add(" WHERE " + first.expression() + " >= " + dialect.parameter(first), cut));
        sql.add(" ORDER BY " + key.stream().map(Dialect.AddressPart::expression).collect(Collectors.joining(", "))
                + " LIMIT 1" + offset);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            List<String> parts = new ArrayList<>();
            for (int i = 1; i <= key.size(); i++) {
                parts.add(row.getString(i));
            }
            return Optional.of(new RowAddress(parts));
        }
    }
}
