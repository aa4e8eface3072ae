package io.reseal.keys;

import io.reseal.ResealConfigurationException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One policy for every key type that an application knows. Immutable. */
public final class KeyPolicies {

    private static final KeyPolicies STANDARD = new KeyPolicies(List.of(
            reencrypted(KeyType.TOKEN_ENCRYPTION, 90, 30, KeyPriority.HIGH),
            reencrypted(KeyType.DATABASE_ENCRYPTION, 180, 90, KeyPriority.CRITICAL),
            reencrypted(KeyType.FILE_ENCRYPTION, 365, 180, KeyPriority.MEDIUM),
            expiring(KeyType.SESSION_ENCRYPTION, 30, 7, KeyPriority.HIGH),
            expiring(KeyType.API_SIGNATURE, 90, 30, KeyPriority.HIGH)));

    private static final int NOBODY = 0;

    private final Map<KeyType, KeyPolicy> byType = new LinkedHashMap<>();

    private KeyPolicies(Collection<KeyPolicy> policies) {
        policies.forEach(policy -> byType.put(policy.type(), policy));
    }

    /** The policies of the five key types that every application has. */
    public static KeyPolicies standard() {
        return STANDARD;
    }

    /**
     * These policies as the settings {@code reseal.policy.<key type>.<interval|grace|priority|lifetime|usage-limit|approvals>} change
     * them. Durations are in ISO-8601. A key type without a policy here needs interval, grace and priority; with a lifetime its grace
     * ends by time, without one by proof.
     *
     * @param types those that the application knows
     * @return policies for all of {@code types}
     * @throws ResealConfigurationException if one is missing, unknown, unreadable, or contradicts itself or NIST; all problems at
     *     once
     */
    public KeyPolicies changedBy(Map<String, ?> settings, KeyTypes types) {
        return new PolicySettings(settings, types, this).read();
    }

    /** These policies and {@code policy}, which replaces that of its key type. */
    public KeyPolicies with(KeyPolicy policy) {
        Map<KeyType, KeyPolicy> policies = new LinkedHashMap<>(byType);
        policies.put(policy.type(), policy);
        return new KeyPolicies(policies.values());
    }

    /** The policies, those of the standard key types first. */
    public List<KeyPolicy> all() {
        return List.copyOf(byType.values());
    }

    /**
     * The policy of a key type.
     *
     * @throws IllegalArgumentException if it has none
     */
    public KeyPolicy of(KeyType type) {
        return find(type)
                .orElseThrow(() -> new IllegalArgumentException("The key type " + type
                        + " has no policy: set reseal.policy." + type + ".interval, .grace and .priority"));
    }

    Optional<KeyPolicy> find(KeyType type) {
        return Optional.ofNullable(byType.get(type));
    }

    private static KeyPolicy reencrypted(KeyType type, long interval, long grace, KeyPriority priority) {
        return new KeyPolicy(type, Duration.ofDays(interval), Duration.ofDays(grace), priority, new GraceEnd.Proof());
    }

    /** Grace covers exactly what it is declared to cover; after it, what they protect has expired for everybody, whoever says so. */
    private static KeyPolicy expiring(KeyType type, long interval, long grace, KeyPriority priority) {
        Duration lifetime = Duration.ofDays(grace);
        return new KeyPolicy(
                type,
                Duration.ofDays(interval),
                lifetime,
                priority,
                new GraceEnd.Expiry(lifetime),
                KeyPolicy.MAX_USAGE,
                NOBODY);
    }
}
