package io.reseal.testing;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A key store in memory that keeps the same contract as the real ones, counts reads, and fails when told to. */
public final class MemoryKeyStore implements KeyStore {

    private final AtomicInteger reads = new AtomicInteger();
    private StoredKeys stored = StoredKeys.NONE;
    private volatile boolean failing;

    /** Every call fails from now on, or no longer. */
    public void fail(boolean fails) {
        failing = fails;
    }

    /** How often {@link #generation()} was asked for. */
    public int reads() {
        return reads.get();
    }

    /** Replaces everything, as an operator might, or a restore. */
    public synchronized void overwrite(StoredKeys others) {
        stored = others;
    }

    /** Replaces or adds one key, and leaves everything else as it is. */
    public synchronized void overwrite(WrappedKey key) {
        List<WrappedKey> keys = new ArrayList<>(stored.keys());
        keys.removeIf(other -> other.metadata().id().equals(key.metadata().id()));
        keys.add(key);
        stored = new StoredKeys(stored.generation(), keys, stored.records(), stored.unknown(), stored.seal());
    }

    public synchronized WrappedKey key(KeyId id) {
        return stored.keys().stream()
                .filter(key -> key.metadata().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public synchronized long generation() {
        reads.incrementAndGet();
        requireUp();
        return stored.generation();
    }

    @Override
    public synchronized StoredKeys load() {
        requireUp();
        return stored;
    }

    @Override
    public synchronized boolean apply(
            KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry) {
        requireUp();
        if (stored.generation() != expectedGeneration) {
            return false;
        }
        stored = stored.after(transition).sealed(seal);
        return true;
    }

    @Override
    public void close() {
        failing = true;
    }

    private void requireUp() {
        if (failing) {
            throw new KeyStoreUnavailableException("switched off by the test", new IllegalStateException());
        }
    }
}
