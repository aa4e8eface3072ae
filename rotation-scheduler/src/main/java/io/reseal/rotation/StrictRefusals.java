package io.reseal.rotation;

import io.reseal.IllegalTransitionException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.keys.StrictRefusal;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Decides by two people that nothing is opened any more under a compromised key, and by two people that it is again. Every node keeps to
 * it from its next refresh on: reading such a value is a {@link io.reseal.CompromisedKeyException}, also for the re-encryption,
 * which leaves it as it is. Safe for use by several threads.
 *
 * <p>Each method throws an {@link IllegalArgumentException} if the key store holds no such key.
 */
public final class StrictRefusals {

    private final KeyRegistry keys;
    private final Approvals approvals;
    private final Clock clock;

    StrictRefusals(KeyRegistry keys, Approvals approvals, Clock clock) {
        this.keys = keys;
        this.approvals = approvals;
        this.clock = clock;
    }

    /** What is decided about a key now. */
    public StrictRefusal of(KeyId key) {
        Keyring keyring = keys.refresh();
        return StrictRefusal.of(keyring, Custody.version(keyring, key).id());
    }

    /** What to ask approval for before {@link #refuse}. */
    public GuardedOperation refusal(KeyId key) {
        return GuardedOperation.refuseCompromised(Custody.version(keys.refresh(), key));
    }

    /** What to ask approval for before {@link #allow}. */
    public GuardedOperation allowance(KeyId key) {
        return GuardedOperation.allowCompromised(of(key));
    }

    /**
     * Refuses values under a compromised key. Does nothing if they are refused already.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws IllegalTransitionException if the key is not COMPROMISED
     */
    public void refuse(KeyId key, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), "refuse-compromised", reason);
        approvals.decide(keyring -> {
            KeyVersion version = Custody.version(keyring, key);
            if (version.state() != KeyState.COMPROMISED) {
                throw new IllegalTransitionException("The key " + key + " is " + version.state()
                        + ": only values under a COMPROMISED key are refused. Mark it compromised, or suspend it");
            }
            return StrictRefusal.of(keyring, key).since().isPresent()
                    ? Optional.empty()
                    : Optional.of(decision(GuardedOperation.refuseCompromised(version), now(key), entry));
        });
    }

    /**
     * Lets values under a compromised key be opened again. Does nothing if they are.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     */
    public void allow(KeyId key, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), "allow-compromised", reason);
        approvals.decide(keyring -> {
            StrictRefusal present =
                    StrictRefusal.of(keyring, Custody.version(keyring, key).id());
            StrictRefusal none = new StrictRefusal(key, Optional.empty());
            return present.equals(none)
                    ? Optional.empty()
                    : Optional.of(decision(GuardedOperation.allowCompromised(present), none, entry));
        });
    }

    private StrictRefusal now(KeyId key) {
        return new StrictRefusal(key, Optional.of(clock.instant().truncatedTo(ChronoUnit.MICROS)));
    }

    private static Approvals.Guarded decision(GuardedOperation operation, StrictRefusal next, AuditEntry entry) {
        AuditEntry named = new AuditEntry(
                entry.actor(), entry.action(), entry.reason(), next.key().toString());
        return new Approvals.Guarded(operation, new KeyDecision(Optional.empty(), List.of(next.record()), named));
    }
}
