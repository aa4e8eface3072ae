package io.reseal.keys;

import io.reseal.IllegalTransitionException;
import io.reseal.SealingRefusedException;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StateChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Takes key versions from one state to the next, by {@link KeyTransitions}, one transition at a time over all nodes. Safe for
 * use by several threads.
 *
 * <p>Asks for no approval, waits for no node and looks at no gate: whoever calls has done that. A promotion that retires a
 * version is refused with a {@link io.reseal.NodesBehindException} while a node that seals does not know the successor. Each method changes nothing
 * when the version is already in the state that it leads to, so that it may be called again after a failure. A
 * {@link IllegalTransitionException} says that the version's state does not lead there, and is told to the audit log; an {@link IllegalArgumentException},
 * that the key store holds no such version; a {@link io.reseal.KeyStoreUnavailableException}, that the key store did not answer; a
 * {@link io.reseal.TamperedKeyStoreException}, that somebody else wrote to it.
 */
public final class KeyLifecycle {

    private static final String SYSTEM = "reseal";
    private static final String FIRST_USE = "first use of the key type";

    private final StoreChanges changes;
    private final KeyCreation creation;
    private final ClockWatch clock;
    private final AuditTrail trail;

    /** The generation at which this process first saw a successor. */
    private final Map<KeyId, Long> announced = new ConcurrentHashMap<>();

    KeyLifecycle(StoreChanges changes, KeyCreation creation, ClockWatch clock, AuditTrail trail) {
        this.changes = changes;
        this.creation = creation;
        this.clock = clock;
        this.trail = trail;
    }

    /** The active version of {@code type}; its first version is made if there is none yet, by one node of many. */
    KeyId ensureActive(KeyType type) {
        return changes.attempt(keyring -> {
            if (keyring.active(type).isPresent()) {
                return keyring.active(type).map(KeyVersion::id);
            }
            List<KeyVersion> versions = keyring.versions(type).stream()
                    .filter(version -> !keyring.isDoubtful(version))
                    .toList();
            if (versions.isEmpty()) {
                Optional<KeyId> unused = creation.create(type, keyring, new AuditEntry(SYSTEM, "create", FIRST_USE));
                return Optional.empty();
            }
            if (versions.size() == 1 && versions.get(0).state() == KeyState.PRE_ACTIVE) {
                StateChange first = StateChange.of(versions.get(0), KeyState.ACTIVE, clock.now(versions.get(0)));
                AuditEntry entry = new AuditEntry(SYSTEM, "promote", FIRST_USE);
                changes.apply(keyring, new KeyTransition.Promote(first, Optional.empty(), keyring.generation()), entry);
                return Optional.empty();
            }
            throw new SealingRefusedException(
                    "The key type " + type + " has versions, and none is active: rotate the key type", null);
        });
    }

    /**
     * Creates the successor of the active version, in state PRE_ACTIVE; one that already waits is returned instead.
     *
     * @param actor who asks for it
     * @param reason why, for the audit
     */
    public KeyId createSuccessor(KeyType type, String actor, String reason) {
        return createSuccessor(type, keyring -> true, new AuditEntry(actor, "create", reason))
                .orElseThrow();
    }

    private Optional<KeyId> createSuccessor(KeyType type, Predicate<Keyring> isWanted, AuditEntry entry) {
        List<KeyId> successor = changes.attempt(keyring -> {
            if (!isWanted.test(keyring)) {
                return Optional.of(List.of());
            }
            return waiting(keyring, type)
                    .map(KeyVersion::id)
                    .or(() -> creation.create(type, keyring, entry))
                    .map(List::of);
        });
        successor.forEach(id -> announced.putIfAbsent(id, changes.current().generation()));
        return successor.stream().findFirst();
    }

    /**
     * The same for one certain version, as long as it is the active one: however many ask for that, at once or after another, it
     * gets one successor.
     *
     * @return the successor, to be {@link #promote promoted}; empty if {@code replaced} is not ACTIVE any more, and nothing is changed
     */
    public Optional<KeyId> createSuccessorOf(KeyId replaced, String actor, String reason) {
        return createSuccessor(
                replaced.type(),
                keyring -> keyring.active(replaced.type()).map(KeyVersion::id).equals(Optional.of(replaced)),
                new AuditEntry(actor, "create", reason));
    }

    /** Makes a PRE_ACTIVE version the active one; its predecessor, if there is one, becomes DEACTIVATED in the same transition. */
    public KeyVersion promote(KeyId successor, String actor, String reason) {
        return promote(successor, KeyState.DEACTIVATED, actor, reason);
    }

    /**
     * Makes a PRE_ACTIVE version the active one, and its predecessor leave ACTIVE for another state in the same transition. If
     * somebody else has promoted it meanwhile, the predecessor goes on to that state from DEACTIVATED.
     *
     * @param predecessorTo DEACTIVATED, SUSPENDED (nothing under it opens any more) or COMPROMISED
     */
    public KeyVersion promote(KeyId successor, KeyState predecessorTo, String actor, String reason) {
        AuditEntry entry = new AuditEntry(actor, "promote", reason);
        KeyVersion promoted = change(successor, KeyState.ACTIVE, entry, keyring -> {
            KeyVersion next = require(keyring, successor);
            keyring.refuseDoubtful(next);
            Optional<KeyVersion> active = keyring.active(successor.type());
            Instant at =
                    clock.now(Stream.concat(Stream.of(next), active.stream()).toArray(KeyVersion[]::new));
            StateChange activated = StateChange.of(next, KeyState.ACTIVE, at);
            Optional<StateChange> retired = active.map(old -> StateChange.of(old, predecessorTo, at));
            return new KeyTransition.Promote(activated, retired, announced(successor, keyring));
        });
        if (predecessorTo != KeyState.DEACTIVATED) {
            deactivatedBy(promoted).ifPresent(old -> move(old.id(), predecessorTo, entry));
        }
        return promoted;
    }

    /** The predecessor of a promoted version, if it is no further than DEACTIVATED: both changed at one moment. */
    private Optional<KeyVersion> deactivatedBy(KeyVersion promoted) {
        return changes.current().versions(promoted.id().type()).stream()
                .filter(version -> version.state() == KeyState.DEACTIVATED
                        && version.deactivated().equals(promoted.activated()))
                .findFirst();
    }

    /**
     * Takes one certain version out of use, whatever has become of it meanwhile: an active one together with the promotion of the
     * successor that waits, any other one alone. No other version leaves its state, however often and by how many this is called.
     *
     * @param to SUSPENDED or COMPROMISED
     * @return the version that is out of use
     * @throws IllegalStateException if it is active and no successor waits: {@link #createSuccessor create} one
     */
    public KeyVersion takeOutOfUse(KeyId key, KeyState to, String actor, String reason) {
        return change(key, to, new AuditEntry(actor, "take-out-of-use", reason), keyring -> {
            KeyVersion version = require(keyring, key);
            if (version.state() != KeyState.ACTIVE) {
                return alone(version, to);
            }
            KeyVersion next = waiting(keyring, key.type())
                    .orElseThrow(() -> new IllegalStateException(
                            "The key " + key + " is ACTIVE and has no successor that waits. Create one first"));
            Instant at = clock.now(next, version);
            return new KeyTransition.Promote(
                    StateChange.of(next, KeyState.ACTIVE, at),
                    Optional.of(StateChange.of(version, to, at)),
                    announced(next.id(), keyring));
        });
    }

    /** Takes a DEACTIVATED version out of use for the time being: nothing under it opens until the suspension is lifted. */
    public KeyVersion suspend(KeyId key, String actor, String reason) {
        return move(key, KeyState.SUSPENDED, new AuditEntry(actor, "suspend", reason));
    }

    /** Lets values under a SUSPENDED version be opened again: it becomes DEACTIVATED, never ACTIVE. */
    public KeyVersion liftSuspension(KeyId key, String actor, String reason) {
        return move(key, KeyState.DEACTIVATED, new AuditEntry(actor, "lift-suspension", reason));
    }

    /**
     * Records that a version is known or suspected to be in other hands. An active one is compromised by
     * {@link #promote(KeyId, KeyState, String, String) promoting} its successor. Values under a SUSPENDED one stay shut: they are strictly refused
     * from then on, which {@link StrictRefusal} says.
     */
    public KeyVersion markCompromised(KeyId key, String actor, String reason) {
        return move(key, KeyState.COMPROMISED, new AuditEntry(actor, "mark-compromised", reason));
    }

    /** Makes a version wait for its destruction: nothing under it opens any more. */
    public KeyVersion proposeDestroy(KeyId key, String actor, String reason) {
        return move(key, KeyState.PENDING_DESTROY, new AuditEntry(actor, "propose-destroy", reason));
    }

    /**
     * Puts a version that waits for its destruction back into the state that it came from. One that waited once, and does not any
     * more, stays as it is.
     */
    public KeyVersion cancelDestroy(KeyId key, String actor, String reason) {
        AuditEntry entry = new AuditEntry(actor, "cancel-destroy", reason);
        KeyVersion waiting = require(changes.refresh(), key);
        if (hasComeBack(waiting)) {
            return waiting;
        }
        KeyState origin = waiting.origin()
                .orElseThrow(() -> trail.refused(
                        key.toString(),
                        entry,
                        new IllegalTransitionException("The key " + key + " is " + waiting.state()
                                + ": it does not wait for its destruction, so there is nothing to cancel")));
        return change(key, origin, entry, keyring -> move(require(keyring, key), origin));
    }

    /** The moments of every state stay. */
    private static boolean hasComeBack(KeyVersion version) {
        return version.entered(KeyState.PENDING_DESTROY).isPresent()
                && version.state() != KeyState.PENDING_DESTROY
                && version.state() != KeyState.DESTROYED;
    }

    /**
     * Erases the material of a version that is PENDING_DESTROY, or PRE_ACTIVE and never used; of one that may have been used
     * on a copy of the key store that was lost, nobody knows that. Backups of the key store still hold it.
     */
    public KeyVersion destroy(KeyId key, String actor, String reason) {
        return change(key, KeyState.DESTROYED, new AuditEntry(actor, "destroy", reason), keyring -> {
            KeyVersion version = require(keyring, key);
            KeyTransitions.require(version, KeyState.DESTROYED);
            keyring.refuseDoubtful(version);
            return move(version, KeyState.DESTROYED);
        });
    }

    /** Neither out of ACTIVE, which takes a successor, nor back to an origin, which takes {@link #cancelDestroy}. */
    private KeyVersion move(KeyId key, KeyState to, AuditEntry entry) {
        return change(key, to, entry, keyring -> alone(require(keyring, key), to));
    }

    private KeyTransition alone(KeyVersion version, KeyState to) {
        if (KeyTransitions.require(version, to) != KeyTransitions.Condition.ALONE) {
            throw KeyTransitions.illegal(version, to);
        }
        return move(version, to);
    }

    private KeyTransition move(KeyVersion version, KeyState to) {
        StateChange change = StateChange.of(version, to, clock.entering(to, version));
        List<ProtectedRecord> kept = StrictRefusal.with(change);
        return kept.isEmpty() ? new KeyTransition.Move(change) : new KeyTransition.Decide(Optional.of(change), kept);
    }

    private KeyVersion change(KeyId key, KeyState to, AuditEntry entry, Function<Keyring, KeyTransition> step) {
        try {
            changes.attempt(keyring -> {
                if (require(keyring, key).state() == to) {
                    return Optional.of(key);
                }
                return changes.apply(keyring, step.apply(keyring), entry) ? Optional.of(key) : Optional.empty();
            });
        } catch (IllegalTransitionException e) {
            throw trail.refused(key.toString(), entry, e);
        }
        return require(changes.current(), key);
    }

    /** Not the present generation: whoever keeps writing to the key store would keep the nodes behind it. */
    private long announced(KeyId successor, Keyring keyring) {
        return announced.computeIfAbsent(successor, id -> keyring.generation());
    }

    private static Optional<KeyVersion> waiting(Keyring keyring, KeyType type) {
        return keyring.versions(type).stream()
                .filter(version -> version.state() == KeyState.PRE_ACTIVE && !keyring.isDoubtful(version))
                .findFirst();
    }

    private static KeyVersion require(Keyring keyring, KeyId id) {
        return keyring.version(id).orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + id));
    }
}
