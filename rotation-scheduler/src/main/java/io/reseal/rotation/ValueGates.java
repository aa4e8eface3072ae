package io.reseal.rotation;

import io.reseal.database.RetiredColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.destruction.Gate;
import io.reseal.rotation.internal.reencrypt.DestructionEvidence;
import io.reseal.rotation.internal.reencrypt.Proving;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofStrength;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the columns say: proofs and quarantine, their ages by the database's clock. */
final class ValueGates {

    private static final Duration MAX_AGE = Duration.ofHours(24);

    private final Proving proving;
    private final DestructionEvidence evidence;

    ValueGates(Proving proving, DestructionEvidence evidence) {
        this.proving = proving;
        this.evidence = evidence;
    }

    /** Whether no node has ever mapped a column, but for retired ones. */
    boolean isUnmapped() {
        return evidence.mappedTypes().isEmpty();
    }

    /** Whether only a hard proof will do for a key: where fences are possible, for a type that some column was mapped to. */
    boolean needsHard(KeyType type) {
        return evidence.canFence() && evidence.mappedTypes().contains(type);
    }

    /** Counts what is under a key now, whatever proofs say. */
    void count(KeyId key) {
        if (!isUnmapped()) {
            proving.soft(key);
        }
    }

    Gate proof(KeyId key) {
        if (isUnmapped()) {
            return Gate.absent(Gate.Name.PROOF, "no column is mapped" + retired());
        }
        List<Proof> proofs = proving.of(key);
        if (proofs.isEmpty()) {
            return notProved("it was never proved that no value is under it", key);
        }
        if (proofs.get(0).isVoid()) {
            return notProved(
                    "its newest proof is void: "
                            + String.join("; ", proofs.get(0).voidedBecause()),
                    key);
        }
        if (proofs.get(0).remaining() > 0) {
            return Gate.notMet(
                    Gate.Name.PROOF,
                    "values are under it, " + places(proofs.get(0)),
                    "Re-encrypt " + key.type() + "; if the destruction is proposed, cancel that first");
        }
        Instant since = evidence.now().minus(MAX_AGE);
        return proofs.stream()
                .filter(proof -> proof.holds() && !proof.takenAt().isBefore(since) && isStrongEnough(proof))
                .findFirst()
                .map(this::proved)
                .orElseGet(() -> notProved(
                        "no proof of it is younger than " + MAX_AGE.toHours() + " hours, "
                                + (needsHard(key.type()) ? "hard" : "soft") + " and not void",
                        key));
    }

    private boolean isStrongEnough(Proof proof) {
        return proof.strength() == ProofStrength.HARD || !needsHard(proof.key().type());
    }

    private Gate proved(Proof proof) {
        return Gate.met(
                Gate.Name.PROOF,
                "a " + proof.strength() + " proof of " + proof.takenAt() + " found nothing in "
                        + proof.columns().size() + " columns"
                        + (proof.strength() == ProofStrength.SOFT ? "; it rests on counts alone" : "")
                        + retired());
    }

    private String retired() {
        List<RetiredColumn> retired = evidence.retiredColumns();
        return retired.isEmpty()
                ? ""
                : retired.stream()
                        .map(column -> column + " (by " + column.by() + ")")
                        .collect(Collectors.joining(", ", "; not looked at, because people retired them: ", ""));
    }

    private Gate notProved(String what, KeyId key) {
        return Gate.notMet(
                Gate.Name.PROOF, what, "Take one with KeyRotation." + (needsHard(key.type()) ? "proveHard" : "prove"));
    }

    private static String places(Proof proof) {
        return proof.columns().stream()
                .filter(column -> column.remaining() > 0)
                .map(column -> column.remaining() + " in " + column.table() + "." + column.column())
                .collect(Collectors.joining(", "));
    }

    Gate quarantine(KeyId key) {
        Optional<RunId> run = evidence.lastRun(key);
        if (run.isEmpty()) {
            return Gate.absent(Gate.Name.QUARANTINE, "nothing was re-encrypted from under it");
        }
        Map<String, Long> values = evidence.quarantined(run.get());
        return values.isEmpty()
                ? Gate.met(Gate.Name.QUARANTINE, "re-encryption " + run.get() + " left no value as it was")
                : Gate.notMet(
                        Gate.Name.QUARANTINE,
                        "re-encryption " + run.get() + " left values as they were, by table: " + values,
                        "Mend or delete them and re-encrypt " + key.type()
                                + " again; if the destruction is proposed, cancel that first");
    }

    /** For how long no value has been under it, as far back as all proofs agree; empty if that is not known. */
    Optional<Duration> emptyFor(KeyId key) {
        Optional<Instant> since = Optional.empty();
        for (Proof proof : proving.of(key)) {
            if (!proof.holds()) {
                break;
            }
            since = Optional.of(proof.takenAt());
        }
        Instant now = evidence.now();
        return since.map(first -> Duration.between(first, now));
    }
}
