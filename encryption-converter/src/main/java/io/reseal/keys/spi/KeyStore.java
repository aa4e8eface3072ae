package io.reseal.keys.spi;

import io.reseal.keys.AuditEntry;

/**
 * Where wrapped keys are kept. Implementations are safe for use by several threads and several processes.
 *
 * <p>Every method throws {@link io.reseal.KeyStoreUnavailableException} when the store cannot be reached; the caller may
 * try again.
 */
public interface KeyStore extends AutoCloseable {

    /** The present generation; much cheaper than {@link #load()}. */
    long generation();

    /** Reads everything, in one snapshot. */
    StoredKeys load();

    /**
     * Applies a transition, keeps the seal of its outcome and writes its audit entry, together or not at all.
     *
     * @param expectedGeneration the generation on which the caller based the transition
     * @param seal of what the store holds afterwards; brings the generation afterwards, which is a greater one
     * @return true if it was applied; false if the store has moved on since {@code expectedGeneration}, in which case
     *     nothing was written
     * @throws IllegalStateException if the transition contradicts what the store holds, for example a second active
     *     version; nothing was written
     */
    boolean apply(KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry);

    @Override
    void close();
}
