package io.reseal.rotation;

import io.reseal.keys.Grace;
import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.destruction.DestructionChecklist;
import io.reseal.rotation.destruction.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Answers every gate of a key. */
final class DestructionGates {

    private final PoliciesInForce policies;
    private final ValueGates values;
    private final DependantGates dependants;
    private final Backups backups;
    private final Approvals approvals;
    private final DestructionRecords records;
    private final Clocks clocks;

    DestructionGates(PoliciesInForce policies, ValueGates values, Decisions people, Clocks clocks) {
        this.policies = policies;
        this.values = values;
        this.dependants = new DependantGates(people.dependants());
        this.backups = people.backups();
        this.approvals = people.approvals();
        this.records = people.records();
        this.clocks = clocks;
    }

    /** What people have declared and decided. */
    record Decisions(Dependants dependants, Backups backups, Approvals approvals, DestructionRecords records) {}

    KeyPolicy policy(KeyVersion version) {
        return policies.of(version.type());
    }

    DestructionChecklist of(KeyVersion version) {
        KeyPolicy policy = policy(version);
        return new DestructionChecklist(
                version.id(),
                version.state(),
                List.of(
                        grace(version, policy),
                        values.proof(version.id()),
                        values.quarantine(version.id()),
                        dependants.stores(version, policy),
                        Gate.absent(Gate.Name.LOOKUP_HASHES, "no lookup columns are mapped"),
                        dependants.caches(version),
                        dependants.consumers(version),
                        backups(version, policy),
                        Gate.absent(Gate.Name.ARCHIVE, "this release keeps no archives of keys"),
                        waitingTime(version),
                        approvals(version, policy)));
    }

    /** Values under a compromised key need no grace, only re-encryption; what can't be re-encrypted keeps its lifetime. */
    Gate grace(KeyVersion version, KeyPolicy policy) {
        boolean compromised = version.origin().orElse(version.state()) == KeyState.COMPROMISED;
        if (compromised && policy.graceEnd() instanceof GraceEnd.Proof) {
            return Gate.absent(Gate.Name.GRACE, "the key is compromised: it goes as soon as no value is under it");
        }
        Grace grace = policy.grace(version, clocks.earlier());
        if (grace instanceof Grace.Running running) {
            return Gate.notMet(Gate.Name.GRACE, "it runs until " + running.until(), "Wait");
        }
        return version.deactivated().isEmpty()
                ? Gate.absent(Gate.Name.GRACE, "the key never sealed anything")
                : Gate.met(
                        Gate.Name.GRACE,
                        "it was over at " + version.deactivated().get().plus(policy.grace()));
    }

    private Gate backups(KeyVersion version, KeyPolicy policy) {
        if (policy.graceEnd() instanceof GraceEnd.Expiry) {
            return Gate.absent(Gate.Name.BACKUPS, "what the key protects has expired in every copy");
        }
        if (backups.isAccepted(version.id())) {
            return Gate.met(Gate.Name.BACKUPS, "two people accepted that retained copies become unreadable");
        }
        Optional<Duration> retention = backups.longestRetention();
        if (retention.isEmpty()) {
            return Gate.notMet(
                    Gate.Name.BACKUPS,
                    "nobody has declared how long copies of the databases are kept",
                    "Declare it with Backups.declare (zero if there are none), or let two people accept the loss");
        }
        Optional<Duration> empty = emptyFor(version);
        if (empty.isPresent() && empty.get().compareTo(retention.get()) >= 0) {
            return Gate.met(
                    Gate.Name.BACKUPS,
                    "copies are kept for " + retention.get() + ", and no value has been under it for " + empty.get());
        }
        return Gate.notMet(
                Gate.Name.BACKUPS,
                "copies are kept for " + retention.get() + ", and no value has been under it for "
                        + empty.map(Duration::toString).orElse("nobody knows how long"),
                "Wait, or let two people accept with Backups.acceptUnreadable that they become unreadable");
    }

    /** The shorter of what columns and what stores tell; without either, since it was retired. */
    private Optional<Duration> emptyFor(KeyVersion version) {
        Instant now = clocks.earlier();
        Duration elsewhere = Duration.between(
                dependants.emptySince(version).or(version::deactivated).orElse(version.created()), now);
        return values.isUnmapped()
                ? Optional.of(elsewhere)
                : values.emptyFor(version.id()).map(columns -> columns.compareTo(elsewhere) < 0 ? columns : elsewhere);
    }

    private Gate waitingTime(KeyVersion version) {
        if (version.state() != KeyState.PENDING_DESTROY) {
            return Gate.absent(Gate.Name.WAITING_TIME, "it begins when the destruction is proposed");
        }
        Instant end = records.waitingSince(version).plus(KeyDestruction.WAITING_TIME);
        return clocks.earlier().isBefore(end)
                ? Gate.notMet(Gate.Name.WAITING_TIME, "it runs until " + end, "Wait")
                : Gate.met(Gate.Name.WAITING_TIME, "it was over at " + end);
    }

    private Gate approvals(KeyVersion version, KeyPolicy policy) {
        if (policy.approvals() < 2) {
            return Gate.absent(
                    Gate.Name.APPROVALS,
                    "the policy of " + version.type() + " asks for "
                            + (policy.approvals() == 0 ? "nobody" : "one person, who destroys it"));
        }
        if (version.state() != KeyState.PENDING_DESTROY) {
            return Gate.absent(Gate.Name.APPROVALS, "they are given while the key waits for its destruction");
        }
        GuardedOperation destroy = GuardedOperation.destroy(version, policy, backups.told(version.id()));
        return approvals
                .granted(destroy)
                .map(request ->
                        Gate.met(Gate.Name.APPROVALS, "the " + request + " has " + request.granted() + " approvals"))
                .orElseGet(() -> Gate.notMet(
                        Gate.Name.APPROVALS,
                        "it takes " + policy.approvals() + " people, and " + approvals.found(destroy),
                        "Ask for them with KeyDestruction.requestApproval"));
    }
}
