package io.reseal.rotation.internal.reencrypt;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.database.RetiredColumn;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.reencryption.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** What the engine's tables say about whether a key is still needed. */
public final class DestructionEvidence {

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final ColumnScope catalog;
    private final RunStore runs;

    DestructionEvidence(Jdbi jdbi, Dialect dialect, ColumnScope catalog, RunStore runs) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.catalog = catalog;
        this.runs = runs;
    }

    /** By the clock of the database, which proofs are dated by. */
    public Instant now() {
        try {
            return SoftProof.now(jdbi);
        } catch (JdbiException e) {
            throw new KeyStoreUnavailableException(
                    "The database did not say what time it is. Check the database behind reseal.keystore, and try again",
                    e);
        }
    }

    /** Whether hard proofs are possible on this database. */
    public boolean canFence() {
        return dialect.fence().isPresent();
    }

    /** The key types that any column was ever mapped to, by any node. */
    public Set<KeyType> mappedTypes() {
        return catalog.columns().stream().map(SealedColumn::keyType).collect(Collectors.toUnmodifiableSet());
    }

    /** The entries of the catalog that count. */
    public List<SealedColumn> columns() {
        return catalog.columns();
    }

    /** The columns that people took out of what is counted. */
    public List<RetiredColumn> retiredColumns() {
        return catalog.retired();
    }

    /** The last run that took values from under a key; empty if there was none. */
    public Optional<RunId> lastRun(KeyId key) {
        return runs.lastWith(key).map(Run::id);
    }

    /** How many values of each table a run left as they are. */
    public Map<String, Long> quarantined(RunId run) {
        return new RangeStore(jdbi)
                .quarantined(run).entrySet().stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().toString(), Map.Entry::getValue));
    }
}
