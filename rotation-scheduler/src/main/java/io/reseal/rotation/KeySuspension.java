package io.reseal.rotation;

import io.reseal.IllegalTransitionException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** Blocks what is under a key, for one who has seen how much that is; opens it again for two. */
final class KeySuspension {

    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Set<KeyState> LEADING_THERE = Set.of(KeyState.ACTIVE, KeyState.DEACTIVATED);
    private static final String KIND = "suspension";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final AffectedValues affected;
    private final Approvals approvals;
    private final Clock clock;

    KeySuspension(KeyRegistry keys, AffectedValues affected, Approvals approvals, Clock clock) {
        this.keys = keys;
        this.affected = affected;
        this.approvals = approvals;
        this.clock = clock;
    }

    Suspension preview(KeyId key) {
        KeyState state = requireLegal(key);
        return new Suspension(key, affected.count(key), state, clock.instant());
    }

    KeyVersion suspend(Suspension preview, Custody.Wish wish) {
        KeyId key = preview.key();
        SilentNodes nodes = new SilentNodes(keys.nodes());
        KeyVersion present = Custody.version(keys.refresh(), key);
        if (present.state() == KeyState.SUSPENDED) { // by a call that was cut off, or by somebody else
            nodes.await(keys.keyring().generation());
            return present;
        }
        requireFresh(preview);
        KeyState state = requireLegal(key);
        if (state != preview.state()) {
            throw new SuspensionRefusedException("The key has changed from " + preview.state() + " to " + state
                    + " since " + preview + ". Count again");
        }
        keep(preview, wish);
        if (state == KeyState.ACTIVE) {
            keys.lifecycle().createSuccessor(key.type(), wish.actor(), wish.reason());
        }
        KeyVersion suspended = nodes.acknowledged(
                () -> keys.lifecycle().takeOutOfUse(key, KeyState.SUSPENDED, wish.actor(), wish.reason()));
        nodes.await(keys.refresh().generation());
        return suspended;
    }

    KeyVersion lift(KeyId key, Custody.Wish wish) {
        approvals.decide(keyring -> {
            KeyVersion suspended = Custody.version(keyring, key);
            if (suspended.state() != KeyState.SUSPENDED) {
                throw new IllegalTransitionException(
                        "The key " + key + " is " + suspended.state() + ": there is no suspension to lift");
            }
            return Optional.of(new Approvals.Guarded(
                    GuardedOperation.liftSuspension(suspended),
                    new KeyDecision(
                            Optional.of(new KeyDecision.Move(key, KeyState.DEACTIVATED)),
                            List.of(),
                            new AuditEntry(wish.actor(), "lift-suspension", wish.reason()))));
        });
        return Custody.version(keys.refresh(), key);
    }

    private void requireFresh(Suspension preview) {
        Duration age = Duration.between(preview.at(), clock.instant());
        if (age.isNegative() || age.compareTo(MAX_AGE) > 0) {
            throw new SuspensionRefusedException("Counted at " + preview.at() + ": that is longer than "
                    + MAX_AGE.toMinutes() + " minutes ago. Count again what it would cut off");
        }
    }

    private KeyState requireLegal(KeyId key) {
        KeyState state = keys.refresh()
                .version(key)
                .map(KeyVersion::state)
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + key));
        if (state == KeyState.COMPROMISED) {
            throw new SuspensionRefusedException(
                    "The key " + key + " is COMPROMISED, and stays so: that it may have been"
                            + " in other hands is not to be forgotten with a suspension. Refusing everything under it takes two"
                            + " people, as " + GuardedAction.REFUSE_COMPROMISED);
        }
        if (!LEADING_THERE.contains(state)) {
            throw new SuspensionRefusedException(
                    "The key " + key + " is " + state + ": only an active or deactivated one can be suspended");
        }
        return state;
    }

    /** What was known about the price, and who paid it. */
    private void keep(Suspension preview, Custody.Wish wish) {
        keys.records()
                .put(
                        new ProtectedRecord(
                                KIND,
                                Incident.id(preview.key()),
                                JSON.writeValueAsString(Map.of(
                                        "by", wish.actor(), "reason", wish.reason(), "cut_off", preview.cutOff()))),
                        IncidentStore.audited(wish, "suspend-counted", preview.key(), preview.toString()));
    }
}
