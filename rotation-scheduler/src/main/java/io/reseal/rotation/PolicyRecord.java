package io.reseal.rotation;

import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyPriority;
import io.reseal.keys.KeyType;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** How a policy that is in force stands among the protected records of the key store. */
record PolicyRecord(String interval, String grace, String priority, String lifetime, long usageLimit, int approvals) {

    private static final String KIND = "policy";
    private static final JsonMapper JSON = JsonMapper.shared();

    static ProtectedRecord of(KeyPolicy policy) {
        String lifetime = policy.graceEnd() instanceof GraceEnd.Expiry expiry
                ? expiry.lifetime().toString()
                : "";
        PolicyRecord body = new PolicyRecord(
                policy.interval().toString(),
                policy.grace().toString(),
                policy.priority().name(),
                lifetime,
                policy.usageLimit(),
                policy.approvals());
        return new ProtectedRecord(KIND, policy.type().name(), JSON.writeValueAsString(body));
    }

    static Optional<KeyPolicy> read(Keyring keyring, KeyType type) {
        return keyring.record(KIND, type.name())
                .map(record -> JSON.readValue(record.body(), PolicyRecord.class).policy(type));
    }

    private KeyPolicy policy(KeyType type) {
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
