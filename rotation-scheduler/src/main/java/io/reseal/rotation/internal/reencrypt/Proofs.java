package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.internal.jdbc.FenceState;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofStrength;
import io.reseal.rotation.reencryption.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads proofs, and finds out each time whether they still stand: what is stored says only what was true then. */
final class Proofs {

    private final ProofStore store;
    private final ColumnScope catalog;
    private final FencedTables fences;
    private final ProofRecords records;

    Proofs(ProofStore store, ColumnScope catalog, FencedTables fences, ProofRecords records) {
        this.store = store;
        this.catalog = catalog;
        this.fences = fences;
        this.records = records;
    }

    List<Proof> ofRun(RunId run) {
        return store.ofRun(run).stream()
                .map(proof -> judged(proof, history(proof.taken().key())))
                .toList();
    }

    /** Every proof that was taken of a key, newest first; also those whose rows are gone. */
    List<Proof> of(KeyId key) {
        History history = history(key);
        SortedMap<Long, Proof> proofs = new TreeMap<>(Comparator.reverseOrder());
        history.recorded().forEach((id, one) -> proofs.put(id, gone(key, one)));
        history.stored().forEach(proof -> proofs.put(proof.id(), judged(proof, history)));
        return List.copyOf(proofs.values());
    }

    /** Keeps a proof that was taken on demand. */
    Proof keep(TakenProof taken) {
        StoredProof stored = store.add(taken);
        records.add(stored);
        return judged(stored, history(taken.key()));
    }

    /** All that is stored of a key's proofs, and what the key store knows of them. */
    private record History(List<StoredProof> stored, Map<Long, ProofRecords.Recorded> recorded) {}

    private History history(KeyId key) {
        return new History(store.of(key), records.of(key));
    }

    private static Proof gone(KeyId key, ProofRecords.Recorded one) {
        return new Proof(
                key,
                one.howStrong(),
                one.at(),
                List.of(),
                List.of(),
                List.of("its row " + one.id() + " in reseal_proof is gone, and was not deleted by Reseal"));
    }

    private static Optional<String> tampering(StoredProof proof, Map<Long, ProofRecords.Recorded> recorded) {
        ProofRecords.Recorded one = recorded.get(proof.id());
        if (one == null) {
            return Optional.of("the key store has no record of its row " + proof.id() + " in reseal_proof");
        }
        return one.sha256().equals(proof.digest())
                ? Optional.empty()
                : Optional.of("its row " + proof.id() + " in reseal_proof, or a column of it, was edited");
    }

    private Proof judged(StoredProof stored, History history) {
        TakenProof taken = stored.taken();
        List<String> reasons = new ArrayList<>();
        tampering(stored, history.recorded()).ifPresent(reasons::add);
        if (!taken.mark().equals(DatabaseMark.UNKNOWN) && fences.isRestoredSince(taken.mark())) {
            reasons.add("the database was restored, or is another than the one that was looked at");
        }
        reasons.addAll(columnsSince(taken, history.stored()));
        if (taken.strength() == ProofStrength.HARD) {
            places(taken).forEach((table, place) -> reasons.addAll(fenceSince(taken.key(), table, place)));
        }
        return new Proof(taken.key(), taken.strength(), taken.takenAt(), taken.counts(), taken.assumptions(), reasons);
    }

    /** Every column that counts, or that a proof of this key has looked at before and nobody retired. */
    private List<String> columnsSince(TakenProof taken, List<StoredProof> all) {
        Set<List<String>> seen = names(taken).collect(Collectors.toSet());
        Set<List<String>> catalogued = catalog.columns().stream()
                .map(column -> List.of(column.schema().orElse(""), column.table(), column.column()))
                .collect(Collectors.toSet());
        Set<List<String>> retired = catalog.retired().stream()
                .map(column -> List.of(column.schema().orElse(""), column.table(), column.column()))
                .collect(Collectors.toSet());
        return Stream.concat(catalogued.stream(), all.stream().flatMap(one -> names(one.taken())))
                .distinct()
                .filter(name -> catalogued.contains(name) || !retired.contains(name))
                .filter(name -> !seen.contains(name))
                .map(name -> "the column " + TableName.of(name.get(0), name.get(1)) + "." + name.get(2)
                        + " was not looked at")
                .toList();
    }

    private static Stream<List<String>> names(TakenProof taken) {
        return taken.columns().stream()
                .map(column -> List.of(
                        column.table().schemaText(),
                        column.table().table(),
                        column.column().column()));
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
