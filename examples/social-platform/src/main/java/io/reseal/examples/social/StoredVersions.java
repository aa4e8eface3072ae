package io.reseal.examples.social;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Counts by own SQL, without Reseal, under which key version the values of every encrypted column stand. */
final class StoredVersions {

    private final DataSource database;

    StoredVersions(DataSource database) {
        this.database = database;
    }

    /** Every value of every column is sealed under that version: none under another, none in the clear. */
    Check allUnder(int version) {
        long values = 0;
        for (StoredColumn column : StoredColumn.ALL) {
            Map<String, Long> counts = counts(column, version);
            long all = counts.values().stream().mapToLong(Long::longValue).sum();
            long good = counts.getOrDefault(column.prefix(version), 0L);
            if (good != all) {
                return check(
                        version, false, String.format(Locale.ROOT, "%s holds %,d other values", column, all - good));
            }
            values += all;
        }
        return check(
                version, true, String.format(Locale.ROOT, "%,d values in %d columns", values, StoredColumn.ALL.size()));
    }

    private static Check check(int version, boolean passed, String finding) {
        return new Check("own SQL finds version " + version + " and nothing else", passed, finding);
    }

    private Map<String, Long> counts(StoredColumn column, int version) {
        String sql = """
                select prefix, count(*)
                from (select substring(%s from 1 for %d) as prefix from %s) as stored
                where prefix is not null
                group by prefix
                """.formatted(column.name(), length(column, version), column.table());
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                counts.put(prefix(column, rows), rows.getLong(2));
            }
            return counts;
        } catch (SQLException e) {
            throw new IllegalStateException("The versions in " + column + " can't be counted", e);
        }
    }

    private static int length(StoredColumn column, int version) {
        int characters = column.prefix(version).length();
        return switch (column.form()) {
            case TEXT -> characters;
            case BINARY -> characters / 2;
        };
    }

    private static String prefix(StoredColumn column, ResultSet row) throws SQLException {
        return switch (column.form()) {
            case TEXT -> row.getString(1);
            case BINARY -> HexFormat.of().formatHex(row.getBytes(1));
        };
    }
}
