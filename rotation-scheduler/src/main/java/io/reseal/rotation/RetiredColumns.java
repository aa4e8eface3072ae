package io.reseal.rotation;

import io.reseal.database.RetiredColumn;
import io.reseal.database.SealedColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.internal.reencrypt.Engine;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Takes columns that no application has any more out of what is counted and re-encrypted. Safe for use by several threads. */
public final class RetiredColumns {

    private final KeyRegistry keys;
    private final Engine engine;
    private final Approvals approvals;
    private final Clock clock;

    RetiredColumns(KeyRegistry keys, Engine engine, Approvals approvals, Clock clock) {
        this.keys = keys;
        this.engine = engine;
        this.approvals = approvals;
        this.clock = clock;
    }

    /** Every column that is retired. */
    public List<RetiredColumn> list() {
        return RetiredColumn.in(keys.refresh());
    }

    /**
     * Retires a column that is gone, or empty, which takes two people: {@link GuardedOperation#retireColumn}. Gates name it from now on.
     * Does nothing if that was done. An application that maps the column again brings it back.
     *
     * @param column as {@link io.reseal.database.ColumnCatalog} has it
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws IllegalArgumentException if the catalog has no such entry
     * @throws IllegalStateException if the column is there and holds values under keys of its type, which would be lost with their keys
     */
    public void retire(SealedColumn column, Person by, String reason) {
        RetiredColumn retired = RetiredColumn.of(column, clock.instant().truncatedTo(ChronoUnit.MICROS), by.toString());
        AuditEntry entry = new AuditEntry(by.toString(), "retire-column", reason, retired.toString());
        requireEmpty(column);
        approvals.decide(keyring -> {
            if (RetiredColumn.in(keyring).stream().anyMatch(one -> one.is(column))) {
                return Optional.empty();
            }
            requireCatalogued(column);
            KeyDecision decision = new KeyDecision(Optional.empty(), List.of(retired.record()), entry);
            return Optional.of(new Approvals.Guarded(GuardedOperation.retireColumn(column), decision));
        });
    }

    private void requireEmpty(SealedColumn column) {
        long values = engine.valuesIn(column);
        if (values > 0) {
            throw new IllegalStateException("The column " + column.table() + "." + column.column() + " holds " + values
                    + " values under keys of " + column.keyType() + ", which would be lost with their keys."
                    + " Drop it, or set them to NULL, if nobody needs them; else keep it counted");
        }
    }

    private void requireCatalogued(SealedColumn column) {
        if (!engine.evidence().columns().contains(column)) {
            throw new IllegalArgumentException("The catalog has no column " + column.table() + "." + column.column()
                    + " of " + column.keyType() + ": take it from ColumnCatalog.columns()");
        }
    }
}
