package io.reseal.keys;

import io.reseal.keys.spi.KeyTransition;
import java.util.List;
import java.util.Optional;

/** Makes key versions, and with the first ones of an application the record of what holds for them. */
final class KeyCreation {

    private final StoreChanges changes;
    private final KeyMaterial material;
    private final ClockWatch clock;
    private final KeyPolicies policies;

    KeyCreation(StoreChanges changes, KeyMaterial material, ClockWatch clock, KeyPolicies policies) {
        this.changes = changes;
        this.material = material;
        this.clock = clock;
        this.policies = policies;
    }

    /** The next version, in state PRE_ACTIVE; empty if the key store has moved on since {@code keyring}, and nothing was written. */
    Optional<KeyId> create(KeyType type, Keyring keyring, AuditEntry entry) {
        KeyId id = new KeyId(type, keyring.nextVersion(type));
        List<ProtectedRecord> chosen = keyring.versions(type).isEmpty() ? unrecorded(keyring) : List.of();
        KeyTransition create = new KeyTransition.Create(material.generate(KeyVersion.created(id, clock.now())), chosen);
        return changes.apply(keyring, create, entry) ? Optional.of(id) : Optional.empty();
    }

    /** With its first keys an application records its policies; from then on they are weakened by two people only. */
    private List<ProtectedRecord> unrecorded(Keyring keyring) {
        return policies.all().stream()
                .filter(policy -> keyring.versions(policy.type()).isEmpty())
                .filter(policy -> PolicyInForce.of(keyring, policy.type()).isEmpty())
                .map(policy -> PolicyInForce.chosen(policy).record())
                .toList();
    }
}
