package io.reseal.rotation.reencryption;

import io.reseal.keys.KeyId;
import java.time.Instant;
import java.util.List;

/**
 * Whether a value remains under a retired key: every column that was ever mapped was counted, each table by one statement
 * in one snapshot, while the application went on writing. It holds under the assumptions it names.
 *
 * @param takenAt before the first table was counted, by the database's clock
 * @param voidedBecause what has happened since that takes the ground from under the proof, found out whenever it is read:
 *     a column was mapped that it did not look at, a fence of it is gone, a table or the database was restored. Empty while
 *     it stands
 */
public record Proof(
        KeyId key,
        ProofStrength strength,
        Instant takenAt,
        List<ColumnProof> columns,
        List<String> assumptions,
        List<String> voidedBecause) {

    public Proof {
        columns = List.copyOf(columns);
        assumptions = List.copyOf(assumptions);
        voidedBecause = List.copyOf(voidedBecause);
    }

    /** Whether columns were looked at, no value remained, and the proof is not void: an empty catalog proves nothing. */
    public boolean holds() {
        return !columns.isEmpty() && remaining() == 0 && !isVoid();
    }

    /** Whether something has happened since that the proof knows nothing of. */
    public boolean isVoid() {
        return !voidedBecause.isEmpty();
    }

    /** Values that were still sealed under the key, in all columns. */
    public long remaining() {
        return columns.stream().mapToLong(ColumnProof::remaining).sum();
    }
}
