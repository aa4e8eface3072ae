package io.reseal.keys;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The policy of a key type that holds on every node. Kept as a protected record, from the first version of the key type on.
 *
 * @param replaced those that people have replaced by a weaker one, newest first: who still has one configured does not undo that
 */
public record PolicyInForce(KeyPolicy policy, List<KeyPolicy> replaced) {

    private static final String KIND = "policy";
    private static final int REMEMBERED = 10;
    private static final JsonMapper JSON = JsonMapper.shared();

    public PolicyInForce {
        replaced = List.copyOf(replaced);
    }

    record Terms(String interval, String grace, String priority, String lifetime, long usageLimit, int approvals) {

        static Terms of(KeyPolicy policy) {
            return new Terms(
                    policy.interval().toString(),
                    policy.grace().toString(),
                    policy.priority().name(),
                    policy.graceEnd() instanceof GraceEnd.Expiry expiry
                            ? expiry.lifetime().toString()
                            : "",
                    policy.usageLimit(),
                    policy.approvals());
        }

        KeyPolicy policy(KeyType type) {
            return new KeyPolicy(
                    type,
                    Duration.parse(interval),
                    Duration.parse(grace),
                    KeyPriority.valueOf(priority),
                    lifetime.isEmpty() ? new GraceEnd.Proof() : new GraceEnd.Expiry(Duration.parse(lifetime)),
                    usageLimit,
                    approvals);
        }
    }

    record Body(Terms terms, List<Terms> replaced) {}

    /** A policy that replaced none. */
    public static PolicyInForce chosen(KeyPolicy policy) {
        return new PolicyInForce(policy, List.of());
    }

    /** That of a key type; empty if none is recorded. */
    public static Optional<PolicyInForce> of(Keyring keyring, KeyType type) {
        return keyring.record(KIND, type.name()).map(PolicyInForce::body).map(body -> read(body, type));
    }

    /** How many people each policy on record asks for, also those of key types that this application does not know. */
    public static List<Integer> approvals(Keyring keyring) {
        return keyring.records(KIND).stream()
                .map(record -> body(record).terms().approvals())
                .toList();
    }

    /** This one after people have put another in its place. */
    public PolicyInForce weakenedTo(KeyPolicy weaker) {
        return new PolicyInForce(
                weaker,
                Stream.concat(Stream.of(policy), replaced.stream())
                        .filter(before -> !before.equals(weaker))
                        .distinct()
                        .limit(REMEMBERED)
                        .toList());
    }

    /** This one after a policy that asks for no less took its place. */
    public PolicyInForce strengthenedTo(KeyPolicy stronger) {
        return new PolicyInForce(stronger, replaced);
    }

    /** How it is kept. */
    public ProtectedRecord record() {
        Body body = new Body(Terms.of(policy), replaced.stream().map(Terms::of).toList());
        return new ProtectedRecord(KIND, policy.type().name(), JSON.writeValueAsString(body));
    }

    private static Body body(ProtectedRecord record) {
        return JSON.readValue(record.body(), Body.class);
    }

    private static PolicyInForce read(Body body, KeyType type) {
        return new PolicyInForce(
                body.terms().policy(type),
                body.replaced().stream().map(terms -> terms.policy(type)).toList());
    }
}
