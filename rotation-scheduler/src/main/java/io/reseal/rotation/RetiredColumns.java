package io.reseal.rotation;

import io.reseal.database.RetiredColumn;
import io.reseal.database.SealedColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.internal.reencrypt.DestructionEvidence;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Takes columns that no application has any more out of what is counted and re-encrypted. Safe for use by several threads. */
public final class RetiredColumns {

    private final KeyRegistry keys;
    private final DestructionEvidence evidence;
    private final Approvals approvals;
    private final Clock clock;

    RetiredColumns(KeyRegistry keys, DestructionEvidence evidence, Approvals approvals, Clock clock) {
        this.keys = keys;
        this.evidence = evidence;
        this.approvals = approvals;
        this.clock = clock;
    }

    /** Every column that is retired. */
    public List<RetiredColumn> list() {
        return RetiredColumn.in(keys.refresh());
    }

    /**
     * Retires a column, which takes two people: {@link GuardedOperation#retireColumn}. Values that are left in it are lost with their keys, and
     * gates name it from now on. Does nothing if that was done. An application that maps the column again brings it back.
     *
     * @param column as {@link io.reseal.database.ColumnCatalog} has it
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws IllegalArgumentException if the catalog has no such entry
     */
    public void retire(SealedColumn column, Person by, String reason) {
        RetiredColumn retired = RetiredColumn.of(column, clock.instant().truncatedTo(ChronoUnit.MICROS), by.toString());
        AuditEntry entry = new AuditEntry(by.toString(), "retire-column", reason, retired.toString());
        approvals.decide(keyring -> {
            if (RetiredColumn.in(keyring).stream().anyMatch(one -> one.is(column))) {
                return Optional.empty();
            }
            requireCatalogued(column);
            KeyDecision decision = new KeyDecision(Optional.empty(), List.of(retired.record()), entry);
            return Optional.of(new Approvals.Guarded(GuardedOperation.retireColumn(column), decision));
        });
    }

    private void requireCatalogued(SealedColumn column) {
        if (!evidence.columns().contains(column)) {
            throw new IllegalArgumentException("The catalog has no column " + column.table() + "." + column.column()
                    + " of " + column.keyType() + ": take it from ColumnCatalog.columns()");
        }
    }
}
