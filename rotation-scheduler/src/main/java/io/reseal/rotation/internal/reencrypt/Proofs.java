package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.ColumnCatalog;
import io.reseal.keys.KeyId;
import io.reseal.rotation.Proof;
import io.reseal.rotation.ProofStrength;
import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.internal.jdbc.FenceState;
import io.reseal.rotation.internal.jdbc.SealedTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads proofs, and finds out each time whether they still stand: what is stored says only what was true then. */
final class Proofs {

    private final ProofStore store;
    private final ColumnCatalog catalog;
    private final FencedTables fences;

    Proofs(ProofStore store, ColumnCatalog catalog, FencedTables fences) {
        this.store = store;
        this.catalog = catalog;
        this.fences = fences;
    }

    List<Proof> ofRun(RunId run) {
        return store.ofRun(run).stream().map(this::judged).toList();
    }

    /** Every proof that was taken of a key, newest first. */
    List<Proof> of(KeyId key) {
        return store.of(key).stream().map(this::judged).toList();
    }

    /** Keeps a proof that was taken on demand. */
    Proof keep(TakenProof taken) {
        store.add(taken);
        return judged(taken);
    }

    private Proof judged(TakenProof taken) {
        List<String> reasons = new ArrayList<>();
        if (!taken.mark().equals(DatabaseMark.UNKNOWN) && fences.isRestoredSince(taken.mark())) {
            reasons.add("the database was restored, or is another than the one that was looked at");
        }
        reasons.addAll(columnsSince(taken));
        if (taken.strength() == ProofStrength.HARD) {
            places(taken).forEach((table, place) -> reasons.addAll(fenceSince(taken.key(), table, place)));
        }
        return new Proof(taken.key(), taken.strength(), taken.takenAt(), taken.counts(), taken.assumptions(), reasons);
    }

    private List<String> columnsSince(TakenProof taken) {
        Set<List<String>> seen = taken.columns().stream()
                .map(column -> List.of(
                        column.table().schemaText(),
                        column.table().table(),
                        column.column().column()))
                .collect(Collectors.toSet());
        return catalog.columns().stream()
                .filter(column -> !seen.contains(List.of(column.schema().orElse(""), column.table(), column.column())))
                .map(column -> "the column " + new TableName(column.schema(), column.table()) + "." + column.column()
                        + " was not looked at")
                .distinct()
                .toList();
    }

    private static Map<TableName, String> places(TakenProof taken) {
        Map<TableName, String> places = new LinkedHashMap<>();
        taken.columns().forEach(column -> places.put(column.table(), column.place()));
        return places;
    }

    private List<String> fenceSince(KeyId key, TableName table, String place) {
        Optional<FencedTables.Put> put =
                fences.of(table).filter(one -> one.keys().contains(key));
        if (put.isEmpty()) {
            return List.of("the table " + table + " is no longer fenced against " + key);
        }
        SealedTable shape = SealedTable.named(table.schema(), table.table());
        FenceState now = fences.state(shape, put.get().guards());
        List<String> reasons = new ArrayList<>(now.problems());
        if (now.members().isEmpty()) {
            reasons.add("the table " + table + " does not exist");
        }
        reasons.addAll(now.changesSince(place));
        return reasons;
    }
}
