package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.reencryption.ProofStrength;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Counts what remains under retired keys while everybody goes on writing. */
final class SoftProof {

    private final Jdbi jdbi;
    private final ValueCount count;
    private final FencedTables fences;
    private final List<String> assumptions;

    SoftProof(Jdbi jdbi, ValueCount count, FencedTables fences, Duration keyLease) {
        this.jdbi = jdbi;
        this.count = count;
        this.fences = fences;
        this.assumptions = List.of(
                "no transaction took longer than the key lease (" + keyLease
                        + ") between sealing a value and committing it",
                "no transaction that was prepared before the rotation was committed after it",
                "nobody brings old values back (native INSERT … SELECT from a copy, an attached partition, a restored backup)",
                "every column that holds sealed values is in the catalog of columns",
                "copies outside these tables (backups, replicas, exports) were not looked at");
    }

    /** One proof for each key. */
    List<TakenProof> take(List<KeyId> keys, List<TargetTable> tables) {
        return take(keys, tables, () -> {});
    }

    /** The same, with {@code turn} run before each table is counted. */
    List<TakenProof> take(List<KeyId> keys, List<TargetTable> tables, Runnable turn) {
        if (keys.isEmpty()) {
            return List.of();
        }
        Instant takenAt = now(jdbi);
        List<CountedTable> counted = tables.stream()
                .map(table -> {
                    turn.run();
                    return count.of(table, keys);
                })
                .toList();
        DatabaseMark mark = fences.mark();
        return keys.stream()
                .map(key -> new TakenProof(
                        key, ProofStrength.SOFT, takenAt, assumptions, mark, TakenProof.seen(key, counted)))
                .toList();
    }

    static Instant now(Jdbi jdbi) {
        return jdbi.withHandle(handle ->
                handle.createQuery("SELECT <now>").mapTo(Instant.class).one());
    }
}
