package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.internal.reencrypt.Engine;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Brings keys to their end: what people and the cleanup share. */
final class Custody {

    private static final String CHECKLIST = "destruction-checklist";
    private static final String HOLD = "destruction-hold";
    private static final int MAX_DETAIL = 4_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final ValueGates values;
    private final DestructionGates gates;
    private final Dependants dependants;
    private final Backups backups;
    private final Approvals approvals;

    Custody(KeyRegistry keys, Engine engine, KeyPolicies policies, Clock clock) {
        this.keys = keys;
        this.approvals = new Approvals(keys, clock);
        this.dependants = new Dependants(keys, clock);
        this.backups = new Backups(keys, approvals);
        this.values = new ValueGates(engine.proving(), engine.evidence());
        this.gates = new DestructionGates(
                policies, values, new DestructionGates.Decisions(dependants, backups, approvals), clock);
    }

    /** Who does a step, and why. */
    record Wish(String actor, String reason) {}

    record Answers(String state, List<String> gates) {}

    record Held(boolean held) {}

    Approvals approvals() {
        return approvals;
    }

    Dependants dependants() {
        return dependants;
    }

    Backups backups() {
        return backups;
    }

    ValueGates values() {
        return values;
    }

    List<KeyVersion> versions() {
        return keys.refresh().versions();
    }

    /** As the key store has it now. */
    KeyVersion version(KeyId key) {
        return keys.refresh()
                .version(key)
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + key));
    }

    KeyPolicy policy(KeyVersion version) {
        return gates.policy(version);
    }

    DestructionChecklist checklist(KeyVersion version) {
        return gates.of(version);
    }

    Gate grace(KeyVersion version) {
        return gates.grace(version, policy(version));
    }

    /** The key waits from now on, and the answers that let it are kept. */
    KeyVersion propose(DestructionChecklist checklist, Wish wish) {
        keep(checklist, wish);
        return keys.lifecycle().proposeDestroy(checklist.key(), wish.actor(), wish.reason());
    }

    /** The material is erased, and the answers that allowed it are kept. */
    KeyVersion destroy(DestructionChecklist checklist, Wish wish) {
        keep(checklist, wish);
        return keys.lifecycle().destroy(checklist.key(), wish.actor(), wish.reason());
    }

    KeyVersion cancel(KeyId key, Wish wish) {
        return keys.lifecycle().cancelDestroy(key, wish.actor(), wish.reason());
    }

    /** Whether the cleanup leaves a key alone, because a person has cancelled its destruction. */
    boolean isHeld(KeyId key) {
        return keys.refresh()
                .record(HOLD, id(key))
                .filter(record -> JSON.readValue(record.body(), Held.class).held())
                .isPresent();
    }

    void hold(KeyId key, boolean held, Wish wish) {
        if (held != isHeld(key)) {
            AuditEntry entry = new AuditEntry(wish.actor(), held ? "hold" : "end-hold", wish.reason(), key.toString());
            keys.records().put(new ProtectedRecord(HOLD, id(key), JSON.writeValueAsString(new Held(held))), entry);
        }
    }

    private void keep(DestructionChecklist checklist, Wish wish) {
        List<String> answers = checklist.gates().stream().map(Gate::toString).toList();
        String detail = answers.stream().collect(Collectors.joining("; ", checklist.key() + ": ", ""));
        keys.records()
                .put(
                        new ProtectedRecord(
                                CHECKLIST,
                                id(checklist.key()) + "/" + checklist.state(),
                                JSON.writeValueAsString(
                                        new Answers(checklist.state().name(), answers))),
                        new AuditEntry(
                                wish.actor(),
                                "answer-gates",
                                wish.reason(),
                                detail.substring(0, Math.min(MAX_DETAIL, detail.length()))));
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
