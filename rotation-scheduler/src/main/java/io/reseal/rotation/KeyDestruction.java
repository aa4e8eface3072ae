package io.reseal.rotation;

import io.reseal.IllegalTransitionException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The way of one key to its destruction: proposed, waiting for {@link #WAITING_TIME}, erased. Every gate is asked before each of the two
 * steps, and every column is counted again. Safe for use by several threads.
 *
 * <p>Each method throws an {@link IllegalArgumentException} if the key store holds no such key.
 */
public final class KeyDestruction {

    /** How long a key waits at least between being proposed and being erased; nothing under it opens meanwhile. */
    public static final Duration WAITING_TIME = Duration.ofDays(7);

    private final KeyId key;
    private final Custody custody;

    KeyDestruction(KeyId key, Custody custody) {
        this.key = key;
        this.custody = custody;
    }

    /** Every gate as it is now; changes nothing and counts nothing. */
    public DestructionChecklist checklist() {
        return custody.checklist(custody.version(key));
    }

    /**
     * Makes the key wait for its destruction: nothing under it opens any more. Does nothing if it waits already.
     *
     * @throws DestructionRefusedException if a gate is not met
     * @throws IllegalTransitionException if the key is neither DEACTIVATED nor COMPROMISED
     */
    public KeyVersion propose(Person by, String reason) {
        KeyVersion version = custody.version(key);
        if (version.state() == KeyState.PENDING_DESTROY) {
            return version;
        }
        if (!version.state().isRetired()) {
            throw new IllegalTransitionException("The key " + key + " is " + version.state()
                    + ": only a key that is DEACTIVATED or COMPROMISED is proposed for destruction");
        }
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        KeyVersion proposed = custody.propose(met(version), wish);
        custody.hold(key, false, wish);
        return proposed;
    }

    /**
     * Asks other people to approve that the key, which waits for its destruction, is erased.
     *
     * @throws IllegalTransitionException if it does not wait
     */
    public ApprovalRequest requestApproval(Person by, String reason) {
        return custody.approvals().request(operation(waiting()), by, reason);
    }

    /**
     * Erases the material of the key. Does nothing if that was done already. Copies of the key store hold it until
     * {@link #erasedEffectiveAt}.
     *
     * @throws DestructionRefusedException if a gate is not met, the waiting time and the approvals among them
     * @throws ApprovalRequiredException if the approvals were used up or withdrawn meanwhile
     * @throws IllegalTransitionException if the key does not wait for its destruction
     */
    public KeyVersion destroy(Person by, String reason) {
        KeyVersion version = custody.version(key);
        if (version.state() == KeyState.DESTROYED) {
            return version;
        }
        KeyVersion waiting = waiting();
        DestructionChecklist checklist = met(waiting);
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        return custody.approvals().perform(operation(waiting), by, () -> custody.destroy(checklist, wish));
    }

    /**
     * Puts the key back to where it came from. The cleanup leaves it alone until a person proposes it again.
     *
     * @throws IllegalTransitionException if it does not wait for its destruction
     */
    public KeyVersion cancel(Person by, String reason) {
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        KeyVersion cancelled = custody.cancel(key, wish);
        custody.hold(key, true, wish);
        return cancelled;
    }

    /**
     * When the last copy of the key store that holds the key is gone: its destruction and the longest retention. Empty before the
     * destruction, and while no retention is declared: then nobody knows.
     */
    public Optional<Instant> erasedEffectiveAt() {
        KeyVersion version = custody.version(key);
        return version.state() == KeyState.DESTROYED
                ? custody.backups()
                        .longestRetention()
                        .map(version.entered(KeyState.DESTROYED).orElseThrow()::plus)
                : Optional.empty();
    }

    private DestructionChecklist met(KeyVersion version) {
        custody.values().count(key);
        DestructionChecklist checklist = custody.checklist(version);
        if (!checklist.isMet()) {
            throw new DestructionRefusedException(checklist);
        }
        return checklist;
    }

    private KeyVersion waiting() {
        KeyVersion version = custody.version(key);
        if (version.state() != KeyState.PENDING_DESTROY) {
            throw new IllegalTransitionException("The key " + key + " is " + version.state()
                    + " and does not wait for its destruction: propose it first");
        }
        return version;
    }

    private GuardedOperation operation(KeyVersion waiting) {
        return GuardedOperation.destroy(waiting, custody.policy(waiting));
    }
}
