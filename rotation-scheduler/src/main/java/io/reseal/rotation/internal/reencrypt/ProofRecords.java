package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.reencryption.ProofStrength;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Digests of proofs among the protected records of the key store, so that no proof is edited, added or taken away by SQL. */
final class ProofRecords {

    private static final String KIND = "proof";

    /** Of one key; what is older counts no more, so that a record stays small. */
    private static final int NEWEST = 1_000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;

    ProofRecords(KeyRegistry keys) {
        this.keys = keys;
    }

    /** One proof, as much of it as is told when its rows are gone. */
    record Recorded(long id, String takenAt, String strength, String sha256) {

        static Recorded of(StoredProof proof) {
            return new Recorded(
                    proof.id(),
                    proof.taken().takenAt().toString(),
                    proof.taken().strength().name(),
                    proof.digest());
        }

        Instant at() {
            return Instant.parse(takenAt);
        }

        ProofStrength howStrong() {
            return ProofStrength.valueOf(strength);
        }
    }

    record Body(List<Recorded> proofs) {}

    /** The proofs of a key by their id, as the key store knows them now. */
    Map<Long, Recorded> of(KeyId key) {
        return proofs(keys.refresh().record(KIND, id(key))).stream()
                .collect(Collectors.toMap(Recorded::id, Function.identity()));
    }

    /** Records a proof whose rows are stored. */
    void add(StoredProof proof) {
        TakenProof taken = proof.taken();
        long remaining =
                taken.counts().stream().mapToLong(column -> column.remaining()).sum();
        AuditEntry entry = new AuditEntry(
                "reseal",
                "prove",
                "values were counted",
                taken.key() + ": " + taken.strength() + ", " + remaining + " remain in "
                        + taken.columns().size() + " columns, sha-256 " + proof.digest());
        keys.records().change(KIND, id(taken.key()), present -> with(present, proof), entry);
    }

    private static ProtectedRecord with(Optional<ProtectedRecord> present, StoredProof proof) {
        List<Recorded> proofs = new ArrayList<>(proofs(present));
        proofs.removeIf(other -> other.id() == proof.id());
        proofs.add(Recorded.of(proof));
        List<Recorded> newest = proofs.subList(Math.max(0, proofs.size() - NEWEST), proofs.size());
        return new ProtectedRecord(KIND, id(proof.taken().key()), JSON.writeValueAsString(new Body(newest)));
    }

    private static List<Recorded> proofs(Optional<ProtectedRecord> record) {
        return record.map(one -> JSON.readValue(one.body(), Body.class).proofs())
                .orElse(List.of());
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
