package io.reseal.keys.spi;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.Indication;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where wrapped keys are kept. Implementations are safe for use by several threads and several processes.
 *
 * <p>Every method throws {@link io.reseal.KeyStoreUnavailableException} when the store cannot be reached; the caller may
 * try again.
 */
public interface KeyStore extends AutoCloseable {

    /** The store's own clock: what a key goes through is dated by the later of it and the node's. */
    Instant now();

    /** The present generation; much cheaper than {@link #load()}. */
    long generation();

    /**
     * Reads everything, in one snapshot. What cannot be read is named and no reason to fail; whether anybody has tampered with it is
     * for the caller to see.
     */
    StoredKeys load();

    /**
     * Applies a transition, keeps the seal of its outcome and writes its audit entry, together or not at all. A promotion that
     * has a predecessor is refused while a node with a running lease has not acknowledged {@code expectedGeneration}.
     *
     * @param expectedGeneration the generation on which the caller based the transition
     * @param seal of what the store holds afterwards; brings the generation afterwards, which is a greater one
     * @return true if it was applied; false if the store has moved on since {@code expectedGeneration}, in which case
     *     nothing was written
     * @throws IllegalStateException if the transition contradicts what the store holds, for example a second active
     *     version; nothing was written
     * @throws io.reseal.NodesBehindException if nodes have not acknowledged the generation; nothing was written
     */
    boolean apply(KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry);

    /**
     * Takes down what a node holds, and prolongs its lease from now on, by the store's own clock, if it holds the newest
     * generation. A node that is not known joins. Both are there for everybody before the newest generation is read: a
     * promotion that did not see the node is seen by it.
     *
     * @return the newest generation; the lease was prolonged only if that is what the node holds. Empty if the node was evicted
     */
    OptionalLong renew(NodeRenewal renewal);

    /** Forgets a node, which does not seal any more. */
    void leave(String node);

    /** Every node whose lease has run out less than a day ago or not yet, the oldest first. */
    List<KeyNode> nodes();

    /** Evicts the nodes that have not prolonged their leases for so long; their leases are left to run out. */
    void evictSilent(Duration silence);

    /**
     * Adds an entry to the audit log that is about no transition: a refusal, or what was counted.
     *
     * @param subject what it is about, for example {@code token_encryption version 7}
     */
    void note(String subject, AuditEntry entry);

    /** Adds to the number of encryptions that may have happened under a key; durable when it returns. */
    void reserveUsage(KeyId key, long encryptions);

    /** Adds to what a node did within an hour. */
    void recordOperations(KeyOperations operations);

    /** The usage of every key version of a type that this release knows, by key. */
    List<KeyUsage> usage();

    /** What was done in every hour from the one on that begins at {@code since} or later. */
    List<KeyOperations> operations(Instant since);

    /** The same, added up over the nodes, by hour, key and direction; of months in a time in which a statement has to end. */
    default List<KeyHour> hours(Instant since) {
        return KeyHour.sums(operations(since));
    }

    /** What is wrong with what the store does beside the keys, and the remedy; empty if all is well. */
    default Optional<String> problem() {
        return Optional.empty();
    }

    /** Adds to how often a node met something within a minute. */
    void indicate(Indication indication);

    /** What was met in every minute from the one on that begins at {@code since} or later. */
    List<Indication> indications(Instant since);

    @Override
    void close();
}
