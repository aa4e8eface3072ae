package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The statements of a fence. Two triggers, AFTER each row, whose conditions the database evaluates without calling anything:
 * they see what is really stored, after every other trigger and generated column. Every name is qualified, so that no
 * search path gives it another meaning.
 */
record FenceText(SealedTable table, Collection<KeyId> keys) {

    static final String FUNCTION = "reseal_fence_reject";
    static final String SQL_STATE = "RS001";

    /** Constant, so that neither a row nor a key is told. */
    static final String BODY = """

            BEGIN
                RAISE EXCEPTION USING ERRCODE = 'RS001',
                    MESSAGE = 'A value sealed under a retired key was refused',
                    HINT = 'Reseal has proved that no such value remains. Seal the value under the active key.';
            END
            """;

    private static final int NAME_DIGITS = 12;

    static String function(String schema) {
        return "CREATE OR REPLACE FUNCTION " + Dialect.doubleQuoted(schema) + "." + FUNCTION
                + "() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $reseal$" + BODY
                + "$reseal$";
    }

    /** Its own for each table of the catalog: a partition may be catalogued beside its parent, whose triggers it gets too. */
    String insertTrigger() {
        return "reseal_fence_insert_" + tag();
    }

    String updateTrigger() {
        return "reseal_fence_update_" + tag();
    }

    private String tag() {
        byte[] name = (table.schema().orElse("") + "\0" + table.name()).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name);
            return HexFormat.of().formatHex(digest).substring(0, NAME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Puts both triggers on a table; {@code target} as SQL has it. */
    List<String> on(String target, String functionSchema) {
        String execute = ") EXECUTE FUNCTION " + Dialect.doubleQuoted(functionSchema) + "." + FUNCTION + "()";
        return List.of(
                "CREATE OR REPLACE TRIGGER " + insertTrigger() + " AFTER INSERT ON " + target + " FOR EACH ROW WHEN ("
                        + onInsert() + execute,
                "CREATE OR REPLACE TRIGGER " + updateTrigger() + " AFTER UPDATE ON " + target + " FOR EACH ROW WHEN ("
                        + onUpdate() + execute,
                "ALTER TABLE " + target + " ENABLE ALWAYS TRIGGER " + insertTrigger(),
                "ALTER TABLE " + target + " ENABLE ALWAYS TRIGGER " + updateTrigger());
    }

    private String onInsert() {
        return table.columns().stream().map(this::isUnder).collect(Collectors.joining(" OR "));
    }

    /** A value that stays as it is does not keep the rest of its row from being changed. */
    private String onUpdate() {
        return table.columns().stream()
                .map(column -> "(" + isUnder(column) + ") AND (" + value("NEW", column) + " OPERATOR(pg_catalog.=) "
                        + value("OLD", column) + ") IS NOT TRUE")
                .collect(Collectors.joining(" OR "));
    }

    private String isUnder(ValueColumn column) {
        return column.form() == StorageForm.TEXT ? hasPrefix(column) : hasHeader(column);
    }

    private String hasHeader(ValueColumn column) {
        String headers = keys.stream()
                .map(key -> "'\\x" + HexFormat.of().formatHex(key.header()) + "'::pg_catalog.bytea")
                .collect(Collectors.joining(", "));
        return "pg_catalog.substring(" + value("NEW", column) + ", 1, " + KeyId.HEADER_LENGTH
                + ") OPERATOR(pg_catalog.=) ANY (ARRAY[" + headers + "])";
    }

    /** Prefixes of one length are one comparison. */
    private String hasPrefix(ValueColumn column) {
        Map<Integer, List<String>> byLength = keys.stream()
                .map(KeyId::textPrefix)
                .collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.toList()));
        return byLength.entrySet().stream()
                .map(prefixes -> "pg_catalog.left(" + value("NEW", column) + ", " + prefixes.getKey()
                        + ") OPERATOR(pg_catalog.=) ANY (ARRAY["
                        + prefixes.getValue().stream()
                                .map(prefix -> "'" + prefix + "'::pg_catalog.text")
                                .collect(Collectors.joining(", "))
                        + "])")
                .collect(Collectors.joining(" OR "));
    }

    private static String value(String row, ValueColumn column) {
        String name = row + "." + Dialect.doubleQuoted(column.name());
        return column.form() == StorageForm.TEXT ? name + "::pg_catalog.text COLLATE pg_catalog.\"C\"" : name;
    }
}
