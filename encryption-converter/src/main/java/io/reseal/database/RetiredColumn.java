package io.reseal.database;

import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * An entry of the catalog that people took out of what is counted and re-encrypted, because no application has it any more. A column that
 * is mapped with another key type as well stays counted. Kept as a protected record; a node that maps the column again ends it.
 *
 * @param keyType by name: the application need not know it any more
 * @param since when it was decided; empty if it was mapped again
 * @param by who decided it
 */
public record RetiredColumn(
        Optional<String> schema, String table, String column, String keyType, Optional<Instant> since, String by) {

    private static final String KIND = "retired-column";
    private static final JsonMapper JSON = JsonMapper.shared();

    record Body(String schema, String table, String column, String keyType, String since, String by) {}

    /** A column, retired at a moment by somebody. */
    public static RetiredColumn of(SealedColumn column, Instant since, String by) {
        return new RetiredColumn(
                column.schema(),
                column.table(),
                column.column(),
                column.keyType().name(),
                Optional.of(since),
                by);
    }

    /** Every column that is retired. */
    public static List<RetiredColumn> in(Keyring keyring) {
        return keyring.records(KIND).stream()
                .map(record -> read(JSON.readValue(record.body(), Body.class)))
                .filter(column -> column.since().isPresent())
                .toList();
    }

    /** The same column, mapped again. */
    public RetiredColumn mappedAgain() {
        return new RetiredColumn(schema, table, column, keyType, Optional.empty(), by);
    }

    /** Whether it is this entry. */
    public boolean is(SealedColumn other) {
        return schema.equals(other.schema())
                && table.equals(other.table())
                && column.equals(other.column())
                && keyType.equals(other.keyType().name());
    }

    /** How it is kept. */
    public ProtectedRecord record() {
        Body body = new Body(
                schema.orElse(""),
                table,
                column,
                keyType,
                since.map(Instant::toString).orElse(""),
                by);
        return new ProtectedRecord(KIND, id(), JSON.writeValueAsString(body));
    }

    private static RetiredColumn read(Body body) {
        return new RetiredColumn(
                Optional.of(body.schema()).filter(schema -> !schema.isEmpty()),
                body.table(),
                body.column(),
                body.keyType(),
                Optional.of(body.since()).filter(since -> !since.isEmpty()).map(Instant::parse),
                body.by());
    }

    /** Names may hold what ids may not. */
    private String id() {
        String names = JSON.writeValueAsString(List.of(schema.orElse(""), table, column, keyType));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(names.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return schema.map(name -> name + ".").orElse("") + table + "." + column;
    }
}
