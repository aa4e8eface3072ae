package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.database.DatabaseProduct;
import io.reseal.keys.KeyId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a database does in its own way. Stateless.
 *
 * <p>Names from the catalog are always quoted, keys travel as text and are cast to the type of their column, and only
 * headers of known key versions are ever written into SQL as literals.
 */
public abstract sealed class Dialect permits PostgresDialect, H2Dialect, MariaDialect {

    /** Statements on one connection. */
    public interface Work<T> {
        T run() throws SQLException;
    }

    /** An expression that is part of a row's address, and the type that a text is cast to for comparing with it. */
    record AddressPart(String expression, String type) {}

    public static Dialect of(DatabaseProduct product) {
        return switch (product) {
            case POSTGRESQL -> new PostgresDialect();
            case H2 -> new H2Dialect();
            case MARIADB -> new MariaDialect();
        };
    }

    /** What the dictionary says about tables, before a row is touched. */
    public abstract TableInspection inspection();

    /** Whether the statement failed because a table or column does not exist. */
    public abstract boolean isGone(SQLException e);

    /** Whether the statement failed because the user may not do that. */
    public abstract boolean isDenied(SQLException e);

    /**
     * The columns of a table, and what a text is cast to in order to be compared with each: empty for a type that can't
     * address rows. An empty map if there is no such table.
     */
    public abstract Map<String, Optional<String>> columns(Connection connection, Optional<String> schema, String table)
            throws SQLException;

    /** An estimate of the rows within bounds and a sample of their keys; cheap on tables of any size. */
    public abstract KeySample sample(Connection connection, SealedTable table, Bounds bounds) throws SQLException;

    /**
     * A key by which the rows within bounds fall into halves, or nearly; empty if there are fewer than {@code rows} of them, or
     * that can't be told cheaply.
     */
    public Optional<RowAddress> middle(Connection connection, SealedTable table, Bounds bounds, long rows)
            throws SQLException {
        KeySample sample = sample(connection, table, bounds);
        List<RowAddress> keys = sample.keys();
        return sample.rows() < rows || keys.size() < 2
                ? Optional.empty()
                : Optional.of(keys.get((keys.size() - 1) / 2));
    }

    /** What the database tells about its load. */
    public LoadSignals loadSignals() {
        return new PlainLoadSignals();
    }

    /** Runs statements that only look, without waiting long for whoever changes the definition of a table. */
    public <T> T asking(Connection connection, Work<T> work) throws SQLException {
        return work.run();
    }

    /** Runs statements of a transaction such that they give way soon to whoever holds a row. */
    public abstract <T> T givingWay(Connection connection, Work<T> work) throws SQLException;

    /**
     * Lets this transaction commit without waiting until that is durable, where the database can: a crash of the database
     * may undo it, and whatever was committed after it.
     */
    public void commitLazily(Connection connection) throws SQLException {}

    /** Makes this transaction fail, rather than see less, where row security would hide rows. */
    public abstract void seeAllRows(Connection connection) throws SQLException;

    /**
     * Writes those changes whose row still holds what was read.
     *
     * @param changes all of the same columns
     * @return the positions in {@code changes} of what was written
     */
    public abstract Set<Integer> write(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException;

    /**
     * Locks the rows that still hold what was read, except those that others have locked.
     *
     * @param changes all of the same columns
     * @return the positions in {@code changes} of what is locked now
     */
    public abstract Set<Integer> lockFree(Connection connection, SealedTable table, List<RowChange> changes)
            throws SQLException;

    /** Whether the statement failed because others hold rows that it needs. */
    public abstract boolean isContention(SQLException e);

    /** Whether the same may succeed later: the connection was lost, the database restarts, or is short of something. */
    public abstract boolean isTransient(SQLException e);

    /** The header or text prefix of a value, as lower-case hexadecimal or as text; null for what does not look sealed. */
    public abstract String headerOf(ValueColumn column);

    /** What keeps values under retired keys out of a table; empty where the database can't. */
    public Optional<Fence> fence() {
        return Optional.empty();
    }

    /** The snapshot that a statement sees, as a text; empty where the database does not tell. */
    public String snapshotText() {
        return "''";
    }

    abstract String asText(String expression);

    /** What {@link #parameter} reads back. */
    String asText(AddressPart part) {
        return asText(part.expression());
    }

    /** A text that differs between any two sealed values, and sorts by its characters' codes. */
    abstract String digest(ValueColumn column);

    abstract String textType();

    abstract String binaryLiteral(String hex);

    abstract String startsWith(ValueColumn column, String prefix);

    abstract Sql isOneOf(Connection connection, SealedTable table, List<RowAddress> addresses) throws SQLException;

    /** Reads stale rows of a part of the table, in key order and within limits that the database itself keeps. */
    public Window read(Connection connection, StaleQuery query, Bounds bounds) throws SQLException {
        return new WindowReader(this, query).read(connection, isWithin(query.table(), bounds));
    }

    /** Reads those of the rows that are there and stale, in key order and within the same limits. */
    public Window read(Connection connection, StaleQuery query, List<RowAddress> addresses) throws SQLException {
        return new WindowReader(this, query).read(connection, isOneOf(connection, query.table(), addresses));
    }

    /** The condition that a row of {@code t} is at a key or behind it, by the first column of that, whose text is the parameter. */
    public String isFrom(KeyColumn first) {
        AddressPart part = new AddressPart("t." + quoted(first.name()), first.type());
        return part.expression() + " >= " + parameter(part);
    }

    /** The table's name in SQL. */
    public String name(SealedTable table) {
        return table.schema().map(schema -> quoted(schema) + ".").orElse("") + quoted(table.name());
    }

    /** The condition that a value of {@code t} is sealed under one of {@code keys}; never "under another than mine". */
    public String isUnder(ValueColumn column, Collection<KeyId> keys) {
        if (column.form() == StorageForm.TEXT) {
            return keys.stream()
                    .map(key -> startsWith(column, key.textPrefix()))
                    .collect(Collectors.joining(" OR ", "(", ")"));
        }
        String headers = keys.stream()
                .map(key -> binaryLiteral(HexFormat.of().formatHex(key.header())))
                .collect(Collectors.joining(", "));
        return "SUBSTRING(t." + quoted(column.name()) + " FROM 1 FOR " + KeyId.HEADER_LENGTH + ") IN (" + headers + ")";
    }

    /** The positions of {@code number} changes. */
    static Set<Integer> all(int number) {
        return new AbstractSet<>() {
            @Override
            public Iterator<Integer> iterator() {
                return IntStream.range(0, number).iterator();
            }

            @Override
            public int size() {
                return number;
            }
        };
    }

    /** A name of the database's dictionary as SQL has it. */
    public String quoted(String name) {
        return doubleQuoted(name);
    }

    static String doubleQuoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** What addresses a row, in key order: where the key addresses several, a digest of their values tells them apart. */
    List<AddressPart> address(SealedTable table) {
        List<AddressPart> parts = new ArrayList<>();
        table.key().forEach(column -> parts.add(new AddressPart("t." + quoted(column.name()), column.type())));
        if (!table.keyUnique()) {
            List<String> digests = table.columns().stream()
                    .map(column -> "COALESCE(" + digest(column) + ", '-')")
                    .toList();
            parts.add(new AddressPart(concatenated(digests) + textCollation(), textType()));
        }
        return parts;
    }

    String concatenated(List<String> texts) {
        return "(" + String.join(" || ", texts) + ")";
    }

    String textCollation() {
        return "";
    }

    String hasKey(SealedTable table) {
        return table.key().stream()
                .map(column -> "t." + quoted(column.name()) + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
    }

    /** Rows whose key is null are in no range: they are refused when a run is planned. */
    Sql isWithin(SealedTable table, Bounds bounds) {
        List<AddressPart> address = address(table);
        Sql condition = new Sql(hasKey(table));
        bounds.after().ifPresent(after -> condition.add(compare(address, ">", after)));
        bounds.upTo().ifPresent(upTo -> condition.add(compare(address, "<=", upTo)));
        return condition;
    }

    Sql compare(List<AddressPart> address, String operator, RowAddress bound) {
        String expressions = row(address.stream().map(AddressPart::expression).toList());
        String parameters = row(address.stream().map(this::parameter).toList());
        return new Sql(" AND " + expressions + " " + operator + " " + parameters)
                .add("", bound.parts().toArray());
    }

    String parameter(AddressPart part) {
        return "CAST(? AS " + part.type() + ")";
    }

    /** Several expressions as one row value. */
    static String row(List<String> expressions) {
        return expressions.size() == 1 ? expressions.get(0) : "(" + String.join(", ", expressions) + ")";
    }
}
