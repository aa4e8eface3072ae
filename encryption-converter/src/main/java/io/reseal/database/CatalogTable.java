package io.reseal.database;

import io.reseal.StorageForm;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.ProtectedRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** How the catalogued columns of one table stand in a record of the key store. */
final class CatalogTable {

    static final String KIND = "mapped-columns";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,90}");

    private CatalogTable() {}

    /** @param schema empty for the connection's own */
    record Name(String schema, String table) {

        /** Readable where it can be; names may hold what the ids of records may not. */
        private String id() {
            boolean plain = PLAIN.matcher(table).matches()
                    && (schema.isEmpty() || PLAIN.matcher(schema).matches());
            if (plain) {
                return schema.isEmpty() ? table : schema + "/" + table;
            }
            String both = JSON.writeValueAsString(List.of(schema, table));
            return "sha256:" + HexFormat.of().formatHex(digest(both.getBytes(StandardCharsets.UTF_8)));
        }

        private static byte[] digest(byte[] name) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(name);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
    }

    record Body(String schema, String table, List<Column> columns) {}

    record Column(
            String name, StorageForm form, String keyType, String context, List<String> keyColumns, boolean keyUnique) {

        private static Column of(SealedColumn column) {
            return new Column(
                    column.column(),
                    column.form(),
                    column.keyType().name(),
                    column.context(),
                    column.keyColumns(),
                    column.keyUnique());
        }

        private SealedColumn in(Body table, KeyTypes types) {
            return new SealedColumn(
                    Optional.of(table.schema()).filter(schema -> !schema.isEmpty()),
                    table.table(),
                    name,
                    form,
                    types.named(keyType),
                    context,
                    keyColumns,
                    keyUnique);
        }
    }

    static Name nameOf(SealedColumn column) {
        return new Name(column.schema().orElse(""), column.table());
    }

    /** @param columns of one table, at least one; their order does not matter */
    static ProtectedRecord record(List<SealedColumn> columns) {
        Name name = nameOf(columns.get(0));
        List<Column> sorted = columns.stream()
                .map(Column::of)
                .sorted(Comparator.comparing(Column::name).thenComparing(Column::keyType))
                .toList();
        return new ProtectedRecord(
                KIND, name.id(), JSON.writeValueAsString(new Body(name.schema(), name.table(), sorted)));
    }

    static List<SealedColumn> read(ProtectedRecord record, KeyTypes types) {
        Body body = JSON.readValue(record.body(), Body.class);
        return body.columns().stream().map(column -> column.in(body, types)).toList();
    }
}
