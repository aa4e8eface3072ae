package io.reseal.rotation;

import io.reseal.ResealException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies that hold. A configured one takes effect at once where it asks for no less than the one before; where it does, the one
 * before stays in force, on every node, until two people have agreed. Protected like the keys. Safe for use by several threads.
 */
public final class PoliciesInForce {

    private static final Logger LOG = LoggerFactory.getLogger(PoliciesInForce.class);
    private static final int SEVERAL = 2;

    private final KeyRegistry keys;
    private final KeyPolicies configured;

    PoliciesInForce(KeyRegistry keys, KeyPolicies configured) {
        this.keys = keys;
        this.configured = configured;
    }

    /** Puts what is configured in force where it asks for no less. A key store that can't be written keeps what it has. */
    void adopt() {
        try {
            keys.decisions().decide(this::adoption);
        } catch (ResealException e) {
            LOG.warn("The configured policies were not compared with those in force, which stay", e);
        }
        waiting().forEach(LOG::warn);
    }

    private Optional<KeyDecision> adoption(Keyring keyring) {
        List<ProtectedRecord> records = configured.all().stream()
                .filter(policy -> !PolicyRecord.read(keyring, policy.type()).equals(Optional.of(policy)))
                .filter(policy -> weaker(keyring, policy).isEmpty())
                .map(PolicyRecord::of)
                .toList();
        AuditEntry entry = new AuditEntry("reseal", "adopt-policy", "as configured").telling(records.toString());
        return records.isEmpty() ? Optional.empty() : Optional.of(new KeyDecision(Optional.empty(), records, entry));
    }

    /** In what a configured policy asks for less than the one in force. */
    private static List<String> weaker(Keyring keyring, KeyPolicy policy) {
        return PolicyRecord.read(keyring, policy.type()).map(policy::weakens).orElse(List.of());
    }

    /**
     * The policy of a key type that holds now.
     *
     * @throws IllegalArgumentException if it has none
     */
    public KeyPolicy of(KeyType type) {
        return of(keys.refresh(), type);
    }

    private KeyPolicy of(Keyring keyring, KeyType type) {
        return PolicyRecord.read(keyring, type).orElseGet(() -> configured.of(type));
    }

    /** Whether every policy was chosen to take fewer than two people: then one person keeps the store, and nobody is locked out. */
    boolean isKeptByOne(Keyring keyring) {
        return configured.all().stream()
                .allMatch(policy -> of(keyring, policy.type()).approvals() < SEVERAL);
    }

    /** Each policy that is configured on this node and not in force, in what it is weaker, and the remedy; empty if there is none. */
    public List<String> waiting() {
        Keyring keyring = keys.keyring();
        return configured.all().stream()
                .filter(policy -> !weaker(keyring, policy).isEmpty())
                .map(policy ->
                        "The configured policy of " + policy.type() + " is not in force, because it asks for less: "
                                + String.join(", ", weaker(keyring, policy))
                                + ". Let another person approve PoliciesInForce.weakening, or take the settings reseal.policy."
                                + policy.type() + " back")
                .toList();
    }

    /** What to ask approval for before {@link KeyRotation#weakenPolicy}. */
    public GuardedOperation weakening(KeyType type) {
        return GuardedOperation.weakenPolicy(of(type), configured.of(type));
    }

    /** The change that {@link KeyRotation#weakenPolicy} makes; empty if what is configured is in force. */
    Optional<Approvals.Guarded> weakened(Keyring keyring, KeyType type, AuditEntry entry) {
        KeyPolicy before = of(keyring, type);
        KeyPolicy after = configured.of(type);
        if (before.equals(after)) {
            return Optional.empty();
        }
        KeyDecision decision = new KeyDecision(Optional.empty(), List.of(PolicyRecord.of(after)), entry);
        return Optional.of(new Approvals.Guarded(GuardedOperation.weakenPolicy(before, after), decision));
    }
}
