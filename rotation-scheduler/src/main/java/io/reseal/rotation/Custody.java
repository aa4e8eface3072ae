package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.AuditTrail;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyDecisions;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.destruction.DestructionChecklist;
import io.reseal.rotation.destruction.Gate;
import io.reseal.rotation.internal.reencrypt.Engine;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Brings keys to their end: what people and the cleanup share. */
final class Custody {

    private static final String HOLD = "destruction-hold";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final PoliciesInForce policies;
    private final ValueGates values;
    private final DestructionGates gates;
    private final Dependants dependants;
    private final Backups backups;
    private final Approvals approvals;
    private final StrictRefusals strictRefusals;
    private final RetiredColumns retiredColumns;
    private final DestructionRecords records;

    Custody(KeyRegistry keys, Engine engine, KeyPolicies policies, Clocks clocks) {
        this.keys = keys;
        this.policies = new PoliciesInForce(keys, policies);
        this.approvals = new Approvals(keys, this.policies, clocks);
        this.dependants = new Dependants(keys, clocks);
        this.backups = new Backups(keys, approvals);
        this.strictRefusals = new StrictRefusals(keys, approvals, clocks.node());
        this.retiredColumns = new RetiredColumns(keys, engine, approvals, clocks.node());
        this.values = new ValueGates(engine.proving(), engine.evidence());
        this.records = new DestructionRecords(keys, backups, clocks);
        this.gates = new DestructionGates(
                this.policies, values, new DestructionGates.Decisions(dependants, backups, approvals, records), clocks);
    }

    /** Who does a step, and why. */
    record Wish(String actor, String reason) {

        AuditEntry to(String action) {
            return new AuditEntry(actor, action, reason);
        }
    }

    record Held(boolean held) {}

    PoliciesInForce policies() {
        return policies;
    }

    Approvals approvals() {
        return approvals;
    }

    Dependants dependants() {
        return dependants;
    }

    RetiredColumns retiredColumns() {
        return retiredColumns;
    }

    StrictRefusals strictRefusals() {
        return strictRefusals;
    }

    Backups backups() {
        return backups;
    }

    AuditTrail trail() {
        return keys.trail();
    }

    KeyDecisions decisions() {
        return keys.decisions();
    }

    ValueGates values() {
        return values;
    }

    List<KeyVersion> versions() {
        return keys.refresh().versions();
    }

    /** As the key store has it now. */
    KeyVersion version(KeyId key) {
        return version(keys.refresh(), key);
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

    /** Whether the cleanup leaves a key alone, because a person has cancelled its destruction. */
    static boolean isHeld(Keyring keyring, KeyId key) {
        return keyring.record(HOLD, id(key))
                .filter(record -> JSON.readValue(record.body(), Held.class).held())
                .isPresent();
    }

    boolean isHeld(KeyId key) {
        return isHeld(keys.refresh(), key);
    }

    /** Whether the cleanup leaves a key alone from now on. */
    static ProtectedRecord hold(KeyId key, boolean held) {
        return new ProtectedRecord(HOLD, id(key), JSON.writeValueAsString(new Held(held)));
    }

    /** Takes a key one step further, and keeps what let it. */
    KeyDecision step(DestructionChecklist checklist, Wish wish) {
        boolean waits = checklist.state() == KeyState.PENDING_DESTROY;
        AuditEntry entry = wish.to(waits ? "destroy" : "propose-destroy")
                .telling(checklist.gates().stream().map(Gate::toString).collect(Collectors.joining("; ")));
        KeyState to = waits ? KeyState.DESTROYED : KeyState.PENDING_DESTROY;
        return new KeyDecision(
                Optional.of(new KeyDecision.Move(checklist.key(), to)), List.of(records.of(checklist)), entry);
    }

    static KeyVersion version(Keyring keyring, KeyId key) {
        return keyring.version(key)
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + key));
    }

    /** What the destruction of a key, which waits for it, is; approvals are for this. */
    GuardedOperation destruction(KeyVersion waiting) {
        return GuardedOperation.destroy(waiting, policy(waiting), backups.told(waiting.id()));
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
