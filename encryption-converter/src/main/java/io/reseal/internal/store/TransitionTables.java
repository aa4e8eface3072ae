package io.reseal.internal.store;

import io.reseal.keys.ProtectedRecord;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StateChange;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.WrappedKey;
import org.jdbi.v3.core.Handle;

/** The statements of a transition on {@code reseal_keystore}, {@code reseal_key} and {@code reseal_record}. */
final class TransitionTables {

    private TransitionTables() {}

    /** The compare-and-set: also locks the row until the end of the transaction, so that transitions never overlap. */
    static boolean advance(Handle handle, long expectedGeneration, StoreSeal seal) {
        return handle.createUpdate("""
                        UPDATE reseal_keystore
                        SET generation = :next, contents = :contents, mac = :mac, mac_kek_id = :kekId, mac_key = :key
                        WHERE generation = :expected
                        """)
                        .bind("next", seal.generation())
                        .bind("contents", seal.contents())
                        .bind("mac", seal.mac().toByteArray())
                        .bind("kekId", seal.kekId())
                        .bind("key", seal.wrappedKey().toByteArray())
                        .bind("expected", expectedGeneration)
                        .execute()
                == 1;
    }

    static void change(Handle handle, KeyTransition transition) {
        if (transition instanceof KeyTransition.Create create) {
            insert(handle, create.key());
            create.records().forEach(record -> put(handle, record));
        } else if (transition instanceof KeyTransition.Promote promote) {
            promote.predecessor().ifPresent(predecessor -> update(handle, predecessor));
            update(handle, promote.successor());
        } else if (transition instanceof KeyTransition.Move move) {
            update(handle, move.change());
        } else if (transition instanceof KeyTransition.PutRecord put) {
            put(handle, put.record());
        } else if (transition instanceof KeyTransition.Decide decide) {
            decide.change().ifPresent(one -> update(handle, one));
            decide.records().forEach(record -> put(handle, record));
        }
    }

    private static void insert(Handle handle, WrappedKey key) {
        KeyRow.bind(handle.createUpdate("""
                                INSERT INTO reseal_key (key_type, version, state, active_key_type, origin, format, kek_id,
                                    fingerprint, wrapped, created_at, activated_at, deactivated_at, suspended_at,
                                    compromised_at, pending_destroy_at, destroyed_at)
                                VALUES (:type, :version, :state, :active, :origin, :format, :kekId,
                                    :fingerprint, :wrapped, :created_at, :activated_at, :deactivated_at, :suspended_at,
                                    :compromised_at, :pending_destroy_at, :destroyed_at)
                                """), key).execute();
    }

    /** Only from the state that the change starts from. A destroyed key loses its material in the same statement. */
    private static void update(Handle handle, StateChange change) {
        int rows = KeyRow.bind(
                        handle.createUpdate("UPDATE reseal_key SET " + KeyRow.AFTER
                                + " WHERE key_type = :type AND version = :version AND state = :before"),
                        change.after())
                .bind("before", change.before().state().name())
                .bind("erased", new byte[0])
                .execute();
        if (rows != 1) {
            throw new IllegalStateException("The key " + change.key()
                    + " is not in the state that the transition starts from; nothing was changed");
        }
    }

    private static void put(Handle handle, ProtectedRecord record) {
        if (write(handle, "UPDATE reseal_record SET body = :body WHERE kind = :kind AND id = :id", record) == 0) {
            write(handle, "INSERT INTO reseal_record (kind, id, body) VALUES (:kind, :id, :body)", record);
        }
    }

    private static int write(Handle handle, String sql, ProtectedRecord record) {
        return handle.createUpdate(sql)
                .bind("kind", record.kind())
                .bind("id", record.id())
                .bind("body", record.body())
                .execute();
    }
}
