package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A change that travels alone, because the server cuts long values in tables of values without a word. */
record MariaLongChange(MariaDialect dialect, SealedTable table, RowChange change) {

    /**
     * A value in a table of values is cut to the remainder of its length by 65,536 bytes. A character counts four, whatever it
     * needs.
     */
    private static final int LONGEST_IN_A_TABLE = 16_000;

    /** A longer value is compared by its digest, so that what the server took once it takes again, in a statement of its own. */
    private static final int LONGEST_SENT_TWICE = 1 << 20;

    /** What a statement needs besides the values. */
    private static final long STATEMENT = 1 << 16;

    static boolean isLong(RowChange change) {
        return change.swaps().values().stream()
                .anyMatch(swap -> swap.read().bytes().length > LONGEST_IN_A_TABLE
                        || swap.sealed().bytes().length > LONGEST_IN_A_TABLE);
    }

    /** Whether the row still held what was read; not if the server does not take a statement of that length. */
    boolean write(Connection connection, String prefix, List<String> unchanged) throws SQLException {
        if (length() > longestStatement(connection)) {
            return false;
        }
        List<String> assignments = new ArrayList<>();
        List<Object> sealed = new ArrayList<>();
        change.swaps().forEach((column, swap) -> {
            assignments.add("t." + name(column) + " = ?");
            sealed.add(swap.sealed().in(form(column)));
        });
        unchanged.stream().map(dialect::quoted).forEach(name -> assignments.add("t." + name + " = t." + name));
        Sql sql = new Sql(prefix + "UPDATE " + dialect.name(table) + " t SET " + String.join(", ", assignments)
                        + " WHERE ")
                .add("", sealed.toArray())
                .add(isAsRead());
        try (PreparedStatement statement = sql.prepare(connection)) {
            return statement.executeUpdate() > 0;
        }
    }

    /** One byte of 64 is escaped on its way. */
    private long length() {
        long bytes = change.swaps().values().stream()
                .mapToLong(swap -> swap.sealed().bytes().length
                        + (isSentTwice(swap.read()) ? swap.read().bytes().length : 0L))
                .sum();
        return bytes + bytes / 32 + STATEMENT;
    }

    private static boolean isSentTwice(StoredValue read) {
        return read.bytes().length <= LONGEST_SENT_TWICE;
    }

    private static long longestStatement(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT @@max_allowed_packet");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Whether the row still holds what was read, and nobody else has it locked. */
    boolean lock(Connection connection, String prefix) throws SQLException {
        Sql sql = new Sql(prefix + "SELECT 1 FROM " + dialect.name(table) + " t WHERE ")
                .add(isAsRead())
                .add(" FOR UPDATE SKIP LOCKED");
        try (PreparedStatement statement = sql.prepare(connection);
                var rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private Sql isAsRead() {
        String key = table.key().stream()
                .map(column -> "t." + dialect.quoted(column.name()) + " = "
                        + dialect.parameter(new Dialect.AddressPart("", column.type())))
                .collect(Collectors.joining(" AND "));
        Sql sql = new Sql("")
                .add(
                        key,
                        change.address().parts().subList(0, table.key().size()).toArray());
        change.swaps().forEach((column, swap) -> {
            String stored =
                    form(column) == StorageForm.TEXT ? MariaDialect.exact("t." + name(column)) : "t." + name(column);
            if (isSentTwice(swap.read())) {
                sql.add(" AND " + stored + " = ?", swap.read().in(form(column)));
            } else {
                sql.add(" AND SHA2(" + stored + ", 512) = ?", sha512(swap.read()));
            }
        });
        return sql;
    }

    private static String sha512(StoredValue value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(value.bytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform of today has SHA-512", e);
        }
    }

    private String name(int column) {
        return dialect.quoted(table.columns().get(column).name());
    }

    private StorageForm form(int column) {
        return table.columns().get(column).form();
    }
}
