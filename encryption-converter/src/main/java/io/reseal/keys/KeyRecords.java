package io.reseal.keys;

import io.reseal.keys.spi.KeyTransition;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The {@link ProtectedRecord}s of the key store. Safe for use by several threads and processes: each change is one transition
 * of the whole store.
 *
 * <p>Throws what {@link KeyLifecycle} throws when the key store does not answer or was changed by somebody else.
 */
public final class KeyRecords {

    private final StoreChanges changes;

    KeyRecords(StoreChanges changes) {
        this.changes = changes;
    }

    /** As this node knows it, at most a refresh interval old. */
    public Optional<ProtectedRecord> find(String kind, String id) {
        return changes.current().record(kind, id);
    }

    /** Every record of a kind, by id, as this node knows them. */
    public List<ProtectedRecord> all(String kind) {
        return changes.current().records(kind);
    }

    /**
     * Writes a record on the basis of the one that is there.
     *
     * @param change from the present record, if there is one, to the next; called again when another node was faster;
     *     returning what is there changes nothing
     * @return the record that is there now
     * @throws IllegalArgumentException if {@code change} makes another record, or the kind is one that only a recovery writes
     */
    public ProtectedRecord change(
            String kind, String id, Function<Optional<ProtectedRecord>, ProtectedRecord> change, AuditEntry entry) {
        requireWritable(kind);
        return changes.attempt(keyring -> {
            Optional<ProtectedRecord> present = keyring.record(kind, id);
            ProtectedRecord next = change.apply(present);
            if (!next.kind().equals(kind) || !next.id().equals(id)) {
                throw new IllegalArgumentException("A change of " + kind + " " + id + " made " + next);
            }
            boolean done = present.equals(Optional.of(next))
                    || changes.apply(keyring, new KeyTransition.PutRecord(next), entry);
            return done ? Optional.of(next) : Optional.empty();
        });
    }

    /** Writes a record, whatever was there. */
    public ProtectedRecord put(ProtectedRecord record, AuditEntry entry) {
        return change(record.kind(), record.id(), present -> record, entry);
    }

    static void requireWritable(ProtectedRecord record) {
        requireWritable(record.kind());
    }

    private static void requireWritable(String kind) {
        if (kind.equals(Recoveries.KIND)) {
            throw new IllegalArgumentException("Records of the kind " + kind
                    + " keep version numbers from being issued twice, and only a recovery writes them");
        }
    }
}
