package io.reseal.rotation;

import io.reseal.keys.KeyId;
import java.time.Instant;
import java.util.List;

/**
 * A soft proof that no value remains under a retired key: every column that was ever mapped was counted, each table by one
 * statement in one snapshot, while the application went on writing. It holds under the assumptions it names.
 *
 * @param takenAt before the first table was counted, by the database's clock
 */
public record Proof(KeyId key, Instant takenAt, List<ColumnProof> columns, List<String> assumptions) {

    public Proof {
        columns = List.copyOf(columns);
        assumptions = List.copyOf(assumptions);
    }

    /** Whether columns were looked at and no value remained: an empty catalog proves nothing. */
    public boolean holds() {
        return !columns.isEmpty() && remaining() == 0;
    }

    /** Values that are still sealed under the key, in all columns. */
    public long remaining() {
        return columns.stream().mapToLong(ColumnProof::remaining).sum();
    }
}
