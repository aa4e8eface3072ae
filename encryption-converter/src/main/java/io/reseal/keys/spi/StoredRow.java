package io.reseal.keys.spi;

import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The name of a row and everything that it says, in one canonical form: two rows that differ have different bytes.
 *
 * @param name unique in a key store, without spaces
 */
public record StoredRow(String name, List<String> parts) {

    public StoredRow {
        parts = List.copyOf(parts);
    }

    /** The name of a key's row. */
    public static String keyName(String type, int version) {
        return "key/" + type + "/" + version;
    }

    /** The name of a record's row. */
    public static String recordName(String kind, String id) {
        return "record/" + kind + "/" + id;
    }

    static StoredRow of(WrappedKey key) {
        KeyVersion metadata = key.metadata();
        List<String> parts = new ArrayList<>(List.of(
                metadata.state().name(),
                metadata.origin().map(KeyState::name).orElse(""),
                Integer.toString(key.format()),
                key.kekId(),
                HexFormat.of().formatHex(key.fingerprint().toByteArray()),
                HexFormat.of().formatHex(key.wrapped().toByteArray())));
        for (KeyState state : KeyState.values()) {
            parts.add(
                    state + "=" + metadata.entered(state).map(Instant::toString).orElse(""));
        }
        return new StoredRow(keyName(metadata.type().name(), metadata.version()), parts);
    }

    static StoredRow of(ProtectedRecord record) {
        return new StoredRow(recordName(record.kind(), record.id()), List.of(record.body()));
    }

    /** Every row of a store that this release can read. */
    public static List<StoredRow> of(StoredKeys stored) {
        List<StoredRow> rows = new ArrayList<>();
        stored.keys().forEach(key -> rows.add(of(key)));
        stored.records().forEach(record -> rows.add(of(record)));
        return rows;
    }

    /** What is authenticated of the row, under a name. */
    public byte[] canonical(String under) {
        List<String> all = new ArrayList<>(List.of("reseal/key-store-row/v1", under));
        all.addAll(parts);
        return AssociatedData.of(all.toArray(String[]::new));
    }
}
