package io.reseal.rotation;

import io.reseal.IllegalTransitionException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.destruction.DestructionChecklist;
import io.reseal.rotation.destruction.DestructionRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The way of one key to its destruction: proposed, waiting for {@link #WAITING_TIME}, erased. Every gate is asked before each of the two
 * steps, and every column is counted again. A step is one decision: if anything in the key store changes between the answers and the step,
 * be it a cancellation, an approval, a declaration, the gates are asked again. Safe for use by several threads.
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
        if (custody.version(key).state().isRetired()) {
            custody.values().count(key);
        }
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        return step(wish.to("propose-destroy"), () -> custody.decisions().decide(keyring -> proposal(keyring, wish)));
    }

    /** A refusal is told to the audit log; where approvals are missing, that is done where they are looked for. */
    private KeyVersion step(AuditEntry asked, Runnable step) {
        try {
            step.run();
        } catch (DestructionRefusedException | IllegalTransitionException e) {
            throw custody.trail().refused(key.toString(), asked, e);
        }
        return custody.version(key);
    }

    private Optional<KeyDecision> proposal(Keyring keyring, Custody.Wish wish) {
        KeyVersion version = Custody.version(keyring, key);
        if (version.state() == KeyState.PENDING_DESTROY) {
            return Optional.empty();
        }
        if (!version.state().isRetired()) {
            throw new IllegalTransitionException("The key " + key + " is " + version.state()
                    + ": only a key that is DEACTIVATED or COMPROMISED is proposed for destruction");
        }
        KeyDecision step = custody.step(met(version), wish);
        return Optional.of(Custody.isHeld(keyring, key) ? with(step, Custody.hold(key, false)) : step);
    }

    private static KeyDecision with(KeyDecision decision, ProtectedRecord record) {
        return new KeyDecision(
                decision.move(),
                Stream.concat(decision.records().stream(), Stream.of(record)).toList(),
                decision.entry());
    }

    /**
     * Asks other people to approve that the key, which waits for its destruction, is erased.
     *
     * @throws IllegalTransitionException if it does not wait
     */
    public ApprovalRequest requestApproval(Person by, String reason) {
        return custody.approvals().request(custody.destruction(waiting()), by, reason);
    }

    /**
     * Erases the material of the key. Does nothing if that was done already. Copies of the key store hold it until
     * {@link #erasedEffectiveAt}.
     *
     * @throws DestructionRefusedException if a gate is not met, the waiting time and the approvals among them
     * @throws IllegalTransitionException if the key does not wait for its destruction
     */
    public KeyVersion destroy(Person by, String reason) {
        if (custody.version(key).state() == KeyState.PENDING_DESTROY) {
            custody.values().count(key);
        }
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        return step(wish.to("destroy"), () -> custody.approvals().decide(keyring -> destruction(keyring, wish)));
    }

    private Optional<Approvals.Guarded> destruction(Keyring keyring, Custody.Wish wish) {
        KeyVersion version = Custody.version(keyring, key);
        if (version.state() == KeyState.DESTROYED) {
            return Optional.empty();
        }
        requireWaiting(version);
        return Optional.of(new Approvals.Guarded(custody.destruction(version), custody.step(met(version), wish)));
    }

    /**
     * Puts the key back to where it came from. The cleanup leaves it alone until a person proposes it again.
     *
     * @throws IllegalTransitionException if it does not wait for its destruction
     */
    public KeyVersion cancel(Person by, String reason) {
        AuditEntry entry = new Custody.Wish(by.toString(), reason).to("cancel-destroy");
        return step(entry, () -> custody.decisions().decide(keyring -> cancellation(keyring, entry)));
    }

    private Optional<KeyDecision> cancellation(Keyring keyring, AuditEntry entry) {
        KeyVersion version = Custody.version(keyring, key);
        requireWaiting(version);
        return Optional.of(new KeyDecision(
                version.origin().map(origin -> new KeyDecision.Move(key, origin)),
                List.of(Custody.hold(key, true), custody.backups().notAccepted(key)),
                entry));
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
        DestructionChecklist checklist = custody.checklist(version);
        if (!checklist.isMet()) {
            throw new DestructionRefusedException(checklist);
        }
        return checklist;
    }

    private KeyVersion waiting() {
        KeyVersion version = custody.version(key);
        requireWaiting(version);
        return version;
    }

    private static void requireWaiting(KeyVersion version) {
        if (version.state() != KeyState.PENDING_DESTROY) {
            throw new IllegalTransitionException("The key " + version.id() + " is " + version.state()
                    + " and does not wait for its destruction: propose it first");
        }
    }
}
