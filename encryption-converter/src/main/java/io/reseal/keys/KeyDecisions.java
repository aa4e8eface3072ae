package io.reseal.keys;

import io.reseal.IllegalTransitionException;
import io.reseal.ResealException;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StateChange;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Decisions that hold only for the key store that they were made on: whatever somebody else has changed in it meanwhile, be it a
 * state, an approval or a declaration, makes them be made anew. Safe for use by several threads and processes.
 *
 * <p>Throws what {@link KeyLifecycle} throws.
 */
public final class KeyDecisions {

    private static final int MAX_DETAIL = 4_000;

    private final StoreChanges changes;
    private final ClockWatch clock;
    private final AuditTrail trail;

    KeyDecisions(StoreChanges changes, ClockWatch clock, AuditTrail trail) {
        this.changes = changes;
        this.clock = clock;
        this.trail = trail;
    }

    /**
     * Decides, and applies it in one transition if nothing in the key store has changed since.
     *
     * @param look decides by the keys and records that it is given, and by nothing of the key store that is older; called again
     *     with newer ones if they have changed. What it throws about the newest ones ends the attempt, and nothing was changed; an
     *     empty answer as well
     * @return what was decided in the end
     */
    public Optional<KeyDecision> decide(Function<Keyring, Optional<KeyDecision>> look) {
        return changes.attempt(keyring -> {
            Optional<KeyDecision> decision;
            try {
                decision = look.apply(keyring);
            } catch (ResealException e) {
                // it may have looked at records of after a change that its keys are of before
                if (changes.refresh().generation() == keyring.generation()) {
                    throw e;
                }
                return Optional.empty();
            }
            return decision.isEmpty() || apply(keyring, decision.get()) ? Optional.of(decision) : Optional.empty();
        });
    }

    private boolean apply(Keyring keyring, KeyDecision decision) {
        decision.records().forEach(KeyRecords::requireWritable);
        Optional<StateChange> change = decision.move().map(move -> change(keyring, move, decision.entry()));
        List<ProtectedRecord> records = Stream.concat(
                        decision.records().stream(), change.stream().flatMap(one -> StrictRefusal.with(one).stream()))
                .toList();
        KeyTransition transition = new KeyTransition.Decide(change, records);
        return changes.apply(keyring, transition, entry(transition, decision.entry()));
    }

    private StateChange change(Keyring keyring, KeyDecision.Move move, AuditEntry entry) {
        try {
            return legal(keyring, move);
        } catch (IllegalTransitionException e) {
            throw trail.refused(move.key().toString(), entry, e);
        }
    }

    private StateChange legal(Keyring keyring, KeyDecision.Move move) {
        KeyVersion version = keyring.version(move.key())
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + move.key()));
        if (List.of(KeyTransitions.Condition.BY_PROMOTION, KeyTransitions.Condition.WITH_SUCCESSOR)
                .contains(KeyTransitions.require(version, move.to()))) {
            throw KeyTransitions.illegal(version, move.to());
        }
        if (move.to() == KeyState.DESTROYED) {
            keyring.refuseDoubtful(version);
        }
        return StateChange.of(version, move.to(), clock.entering(move.to(), version));
    }

    /** The states come first: what else is told may be long, and is cut. */
    private static AuditEntry entry(KeyTransition transition, AuditEntry entry) {
        String detail = transition.detail().isEmpty() || entry.detail().isEmpty()
                ? transition.detail() + entry.detail()
                : transition.detail() + "; " + entry.detail();
        return new AuditEntry(
                entry.actor(),
                entry.action(),
                entry.reason(),
                detail.substring(0, Math.min(MAX_DETAIL, detail.length())));
    }
}
