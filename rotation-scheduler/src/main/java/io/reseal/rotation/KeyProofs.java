package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.internal.reencrypt.Proving;
import io.reseal.rotation.internal.reencrypt.Waiting;
import io.reseal.rotation.reencryption.Blocker;
import io.reseal.rotation.reencryption.FencedTable;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.rotation.reencryption.ProofRefusedException;
import io.reseal.rotation.reencryption.ProofStrength;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Proves that nothing is left under a retired key, and tells of the proofs that were taken. Safe for use by several threads. */
public final class KeyProofs {

    private static final Duration LOOK = Duration.ofMillis(20);

    private final Custody custody;
    private final Proving proving;
    private final Duration lease;
    private final Clock clock;

    KeyProofs(Custody custody, Proving proving, Duration lease, Clock clock) {
        this.custody = custody;
        this.proving = proving;
        this.lease = lease;
        this.clock = clock;
    }

    /**
     * Counts, in every column that was ever mapped, what is sealed under a retired key now. Waits until two key leases have
     * passed since the key was retired: before that, nodes may still write under it.
     *
     * @return a proof of {@link ProofStrength#SOFT}
     * @throws IllegalArgumentException if the key store holds no such key, or the key is not retired
     */
    public Proof take(KeyId retired) {
        awaitSettled(retired);
        return proving.soft(retired);
    }

    /** The same as {@link #takeHard(KeyId, Duration, Consumer)}, with nobody told whom it waits for. */
    public Proof takeHard(KeyId retired, Duration patience) {
        return takeHard(retired, patience, blockers -> {});
    }

    /**
     * Proves that no value is left under a retired key, and sees to it that none comes back. Each table that ever held
     * sealed values gets a fence: two triggers that refuse a row with SQLSTATE {@code RS001} if it brings a value under the
     * key in, whoever writes it. Putting it up waits for transactions that write to the table, a fifth of a second at a time
     * because new writers queue up behind; then the table is counted, one statement in one snapshot. Fences stay, also after
     * the key's end.
     *
     * @param patience how long to wait for other transactions, over all tables
     * @param waiting is told, on this thread, whom the proof waits for
     * @return a proof of {@link ProofStrength#HARD}; it need not hold, if a value was written just before the fence
     * @throws IllegalArgumentException if the key store holds no such key, or the key is not retired
     * @throws ProofRefusedException if values remain, the database has no fences, or its user may not put them up
     * @throws ProofBlockedException if the patience is over; it says who was in the way
     */
    public Proof takeHard(KeyId retired, Duration patience, Consumer<List<Blocker>> waiting) {
        awaitSettled(retired);
        return proving.hard(retired, new Waiting(patience, waiting));
    }

    /** Every proof that was taken of a key, newest first; whether each still stands is found out now. */
    public List<Proof> of(KeyId key) {
        return proving.of(key);
    }

    /** Every table that is fenced, and whether its fence is as it was put up. */
    public List<FencedTable> fences() {
        return proving.fences();
    }

    private void awaitSettled(KeyId retired) {
        KeyVersion version = custody.version(retired);
        if (version.state() == KeyState.PRE_ACTIVE || version.state() == KeyState.ACTIVE) {
            throw new IllegalArgumentException("The key " + retired + " is " + version.state()
                    + ": a proof is about a key that seals nothing any more. Rotate " + retired.type() + " first");
        }
        Instant settled = version.deactivated().orElse(version.created()).plus(lease.multipliedBy(2));
        while (clock.instant().isBefore(settled)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(
                        "Interrupted before nodes could have stopped writing under " + retired + ". Prove it again");
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
        }
    }
}
