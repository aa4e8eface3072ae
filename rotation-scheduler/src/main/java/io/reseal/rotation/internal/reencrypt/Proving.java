package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.reencryption.FencedTable;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofRefusedException;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Takes proofs on demand, and reads them. */
public final class Proving {

    private final Targets targets;
    private final SoftProof soft;
    private final HardProof hard;
    private final ProofStore store;
    private final Proofs proofs;
    private final ProofRecords records;
    private final FencedTables fences;

    Proving(Jdbi jdbi, Dialect dialect, ColumnScope catalog, KeyRegistry keys, Duration keyLease) {
        this.targets = new Targets(jdbi, dialect, catalog);
        this.fences = new FencedTables(jdbi, dialect, keys.types());
        ValueCount count = new ValueCount(jdbi, dialect);
        this.soft = new SoftProof(jdbi, count, fences, keyLease);
        this.hard = new HardProof(jdbi, count, fences);
        this.store = new ProofStore(jdbi, keys.types());
        this.records = new ProofRecords(keys);
        this.proofs = new Proofs(store, catalog, fences, records);
    }

    SoftProof softProof() {
        return soft;
    }

    ProofStore store() {
        return store;
    }

    ProofRecords records() {
        return records;
    }

    Proofs proofs() {
        return proofs;
    }

    /** Counts what remains under a retired key, now. */
    public Proof soft(KeyId key) {
        return proofs.keep(soft.take(List.of(key), targets.all()).get(0));
    }

    /**
     * Fences the tables against a retired key, and counts behind the fences.
     *
     * @throws ProofRefusedException if values remain, or the tables can't be fenced
     */
    public Proof hard(KeyId key, Waiting waiting) {
        List<TargetTable> tables = targets.all();
        hard.requireFences(tables);
        requireDrained(key);
        return proofs.keep(hard.take(key, tables, waiting));
    }

    /** A fence is for tables that hold nothing under the key: where values remain, moving a row to another partition fails. */
    private void requireDrained(KeyId key) {
        if (proofs.of(key).stream().anyMatch(Proof::holds)) {
            return;
        }
        Proof counted = soft(key);
        if (counted.remaining() > 0) {
            throw new ProofRefusedException(counted.columns().stream()
                    .filter(column -> column.remaining() > 0)
                    .map(column -> new TableName(column.schema(), column.table()) + "." + column.column() + " holds "
                            + column.remaining() + " values under " + key + ". Re-encrypt " + key.type() + " first")
                    .toList());
        }
    }

    /** Every proof that was taken of a key, newest first. */
    public List<Proof> of(KeyId key) {
        return proofs.of(key);
    }

    /** Every fence as it is now. */
    public List<FencedTable> fences() {
        return fences.list();
    }
}
