package io.reseal.internal.store;

import com.google.crypto.tink.util.Bytes;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealConfigurationException;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.ProtectedRecord;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.StoredRow;
import io.reseal.keys.spi.WrappedKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the key store's tables as they are at one generation. */
final class StoreSnapshot {

    private static final Logger LOG = LoggerFactory.getLogger(StoreSnapshot.class);
    private static final int ATTEMPTS = 100;

    private final KeyTypes types;

    /** Those that were reported. */
    private final Set<String> unknownTypes = ConcurrentHashMap.newKeySet();

    StoreSnapshot(KeyTypes types) {
        this.types = types;
    }

    /** The generation and, after the first transition, the seal. */
    private record Head(long generation, Optional<StoreSeal> seal) {}

    /** What has been read. */
    private static final class Rows {

        private final List<WrappedKey> keys = new ArrayList<>();
        private final List<ProtectedRecord> records = new ArrayList<>();
        private final Set<String> unknown = new HashSet<>();
        private final Map<String, String> unreadable = new HashMap<>();

        StoredKeys under(Head head, long audited) {
            return new StoredKeys(head.generation(), keys, records, unknown, unreadable, head.seal(), audited);
        }
    }

    /** Every transition changes the generation: what was read between two equal ones is of one moment. */
    StoredKeys read(Handle handle) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Head head = head(handle);
            Rows rows = new Rows();
            readKeys(handle, rows);
            readRecords(handle, rows);
            long audited = audited(handle);
            if (generation(handle) == head.generation()) {
                return rows.under(head, audited);
            }
        }
        throw new KeyStoreUnavailableException(
                "The key store changed during " + ATTEMPTS + " readings in a row: try again",
                new IllegalStateException("no moment of rest"));
    }

    static long generation(Handle handle) {
        return handle.createQuery("SELECT generation FROM reseal_keystore")
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(StoreSnapshot::noGeneration);
    }

    private static Head head(Handle handle) {
        return handle.createQuery("SELECT generation, contents, mac, mac_kek_id, mac_key FROM reseal_keystore")
                .map((row, context) -> head(row))
                .findOne()
                .orElseThrow(StoreSnapshot::noGeneration);
    }

    private static Head head(ResultSet row) throws SQLException {
        long generation = row.getLong("generation");
        String contents = row.getString("contents");
        String kekId = row.getString("mac_kek_id");
        byte[] mac = row.getBytes("mac");
        byte[] key = row.getBytes("mac_key");
        if (contents == null || kekId == null || mac == null || key == null) {
            return new Head(generation, Optional.empty());
        }
        return new Head(
                generation,
                Optional.of(new StoreSeal(generation, contents, Bytes.copyFrom(mac), kekId, Bytes.copyFrom(key))));
    }

    /** Each transition writes an entry with its generation, in the same transaction. */
    private static long audited(Handle handle) {
        return handle.createQuery("SELECT COALESCE(MAX(generation), 0) FROM reseal_audit")
                .mapTo(Long.class)
                .one();
    }

    private void readKeys(Handle handle, Rows read) {
        handle.createQuery("""
                        SELECT key_type, version, state, origin, format, kek_id, fingerprint, wrapped, created_at,
                               activated_at, deactivated_at, suspended_at, compromised_at, pending_destroy_at, destroyed_at
                        FROM reseal_key
                        """).scanResultSet((rows, context) -> {
            ResultSet row = rows.get();
            while (row.next()) {
                add(row, context, read);
            }
            return read;
        });
    }

    /** A key type of a newer release is no reason to lose sight of the others. */
    private void add(ResultSet row, StatementContext context, Rows read) throws SQLException {
        String type = row.getString("key_type");
        String name = StoredRow.keyName(type, row.getInt("version"));
        Optional<KeyType> known = types.withName(type);
        if (known.isEmpty()) {
            read.unknown.add(name);
            if (unknownTypes.add(type)) {
                LOG.warn(
                        "The key store holds keys of a type that this release does not know, {}: they are left out",
                        type);
            }
            return;
        }
        try {
            read.keys.add(KeyRow.read(row, context, known.get()));
        } catch (IllegalArgumentException e) {
            read.unreadable.put(name, "is not readable: " + e.getMessage());
        }
    }

    /** What no release writes has a name too: the table of contents will not list it. */
    private static void readRecords(Handle handle, Rows read) {
        handle.createQuery("SELECT kind, id, body FROM reseal_record").scanResultSet((rows, context) -> {
            ResultSet row = rows.get();
            while (row.next()) {
                String kind = row.getString("kind");
                String id = row.getString("id");
                if (ProtectedRecord.isName(kind, id)) {
                    read.records.add(new ProtectedRecord(kind, id, row.getString("body")));
                } else {
                    read.unknown.add(StoredRow.recordName(kind, id));
                }
            }
            return read;
        });
    }

    static ResealConfigurationException noGeneration() {
        return new ResealConfigurationException(
                "The table reseal_keystore is empty: restore it from the same backup as reseal_key", null);
    }
}
