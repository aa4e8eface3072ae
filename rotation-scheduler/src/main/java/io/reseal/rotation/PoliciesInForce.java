package io.reseal.rotation;

import io.reseal.ResealException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.Keyring;
import io.reseal.keys.PolicyInForce;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.internal.review.PolicyDifferences;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies that hold: those that were configured where the first keys were made. Another configured one takes effect at once where it
 * asks for no less than the one before; where it does, the one before stays in force, on every node, until two people have agreed.
 * Protected like the keys. Safe for use by several threads.
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

    /** Puts what is configured in force where there are keys, and it asks for no less. A key store that can't be written keeps what it has. */
    void adopt() {
        try {
            keys.decisions().decide(this::adoption);
        } catch (ResealException e) {
            LOG.warn("The configured policies were not compared with those in force, which stay", e);
        }
        waiting().forEach(LOG::warn);
    }

    private Optional<KeyDecision> adoption(Keyring keyring) {
        List<KeyPolicy> taking = configured.all().stream()
                .filter(policy -> takesEffect(keyring, policy))
                .toList();
        List<ProtectedRecord> records = taking.stream()
                .map(policy -> PolicyInForce.of(keyring, policy.type())
                        .map(before -> before.strengthenedTo(policy))
                        .orElseGet(() -> PolicyInForce.chosen(policy))
                        .record())
                .toList();
        String changes = taking.stream()
                .map(policy -> PolicyDifferences.text(before(keyring, policy), policy))
                .collect(Collectors.joining("; "));
        AuditEntry entry = new AuditEntry("reseal", "adopt-policy", "as configured").telling(changes);
        return records.isEmpty() ? Optional.empty() : Optional.of(new KeyDecision(Optional.empty(), records, entry));
    }

    /** What held until now. */
    private static KeyPolicy before(Keyring keyring, KeyPolicy policy) {
        return PolicyInForce.of(keyring, policy.type())
                .map(PolicyInForce::policy)
                .orElseGet(() -> unchosen(policy));
    }

    /** Of a key type without record or keys, the first key will record it. */
    private static boolean takesEffect(Keyring keyring, KeyPolicy policy) {
        Optional<PolicyInForce> before = PolicyInForce.of(keyring, policy.type());
        boolean isNew = before.isPresent()
                ? !before.get().policy().equals(policy)
                : !keyring.versions(policy.type()).isEmpty();
        return isNew && objections(keyring, policy).isEmpty();
    }

    /** Why a configured policy is not in force: in what it asks for less, or that people have replaced it. */
    private static List<String> objections(Keyring keyring, KeyPolicy policy) {
        Optional<PolicyInForce> before = PolicyInForce.of(keyring, policy.type());
        return before.filter(one -> one.replaced().contains(policy))
                .map(one -> List.of("people have put a weaker one in its place"))
                .orElseGet(() -> before.map(PolicyInForce::policy)
                        .or(() -> unchosen(keyring, policy))
                        .map(policy::weakens)
                        .orElse(List.of()));
    }

    /** What keys without a recorded policy are held to: whoever configures one now need not be who made them. */
    private static Optional<KeyPolicy> unchosen(Keyring keyring, KeyPolicy policy) {
        return keyring.versions(policy.type()).isEmpty() ? Optional.empty() : Optional.of(unchosen(policy));
    }

    /** The standard one; where there is none, two people and a proof at the end. */
    static KeyPolicy unchosen(KeyPolicy policy) {
        KeyType type = policy.type();
        return KeyPolicies.standard().all().stream()
                .filter(standard -> standard.type().equals(type))
                .findFirst()
                .orElseGet(() -> new KeyPolicy(
                        type, policy.interval(), policy.grace(), policy.priority(), new GraceEnd.Proof()));
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
        return PolicyInForce.of(keyring, type).map(PolicyInForce::policy).orElseGet(() -> unrecorded(keyring, type));
    }

    private KeyPolicy unrecorded(Keyring keyring, KeyType type) {
        KeyPolicy policy = configured.of(type);
        return objections(keyring, policy).isEmpty()
                ? policy
                : unchosen(keyring, policy).orElse(policy);
    }

    /** Whether every policy was chosen to take fewer than two people: then one person keeps the store, and nobody is locked out. */
    boolean isKeptByOne(Keyring keyring) {
        Stream<Integer> known = configured.all().stream()
                .map(policy -> of(keyring, policy.type()).approvals());
        return Stream.concat(PolicyInForce.approvals(keyring).stream(), known).allMatch(people -> people < SEVERAL);
    }

    /** Each policy that is configured on this node and not in force, in what it is weaker, and the remedy; empty if there is none. */
    public List<String> waiting() {
        Keyring keyring = keys.keyring();
        return configured.all().stream()
                .filter(policy -> !objections(keyring, policy).isEmpty())
                .map(policy -> "The configured policy of " + policy.type() + " is not in force: "
                        + String.join(", ", objections(keyring, policy))
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
        PolicyInForce next = PolicyInForce.of(keyring, type)
                .orElseGet(() -> PolicyInForce.chosen(before))
                .weakenedTo(after);
        KeyDecision decision = new KeyDecision(
                Optional.empty(), List.of(next.record()), entry.telling(PolicyDifferences.text(before, after)));
        return Optional.of(new Approvals.Guarded(GuardedOperation.weakenPolicy(before, after), decision));
    }
}
