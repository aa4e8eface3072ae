package io.reseal.testing;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A key store in memory that keeps the same contract as the real ones, counts reads, and fails when told to. */
public final class MemoryKeyStore implements KeyStore {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Map<KeyId, WrappedKey> keys = new TreeMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private long generation;
    private volatile boolean failing;

    /** Every call fails from now on, or no longer. */
    public void fail(boolean fails) {
        failing = fails;
    }

    /** How often {@link #generation()} was asked for. */
    public int reads() {
        return reads.get();
    }

    /** Replaces one key, as another release or an operator might. */
    public synchronized void overwrite(WrappedKey key) {
        keys.put(key.metadata().id(), key);
        generation++;
    }

    /** Puts a version into a state. */
    public void overwrite(KeyId id, KeyState state) {
        WrappedKey key = key(id);
        overwrite(with(key, state, key.metadata().activated(), key.metadata().deactivated()));
    }

    public synchronized WrappedKey key(KeyId id) {
        return Optional.ofNullable(keys.get(id)).orElseThrow();
    }

    @Override
    public synchronized long generation() {
        reads.incrementAndGet();
        requireUp();
        return generation;
    }

    @Override
    public synchronized StoredKeys load() {
        requireUp();
        return new StoredKeys(generation, List.copyOf(keys.values()));
    }

    @Override
    public synchronized boolean apply(KeyTransition transition, long expectedGeneration, AuditEntry entry) {
        requireUp();
        if (generation != expectedGeneration) {
            return false;
        }
        if (transition instanceof KeyTransition.Create create) {
            require(!keys.containsKey(create.key().metadata().id()));
            keys.put(create.key().metadata().id(), create.key());
        } else if (transition instanceof KeyTransition.Promote promote) {
            promote(promote);
        }
        generation++;
        return true;
    }

    @Override
    public void close() {
        failing = true;
    }

    private void promote(KeyTransition.Promote promote) {
        KeyId successor = promote.successor();
        Optional<KeyId> active = keys.values().stream()
                .map(WrappedKey::metadata)
                .filter(version -> version.type().equals(successor.type()) && version.state() == KeyState.ACTIVE)
                .map(KeyVersion::id)
                .findFirst();
        require(active.equals(promote.predecessor()));
        require(keys.containsKey(successor) && key(successor).metadata().state() == KeyState.PRE_ACTIVE);
        active.map(this::key)
                .ifPresent(key -> keys.put(
                        key.metadata().id(),
                        with(key, KeyState.DEACTIVATED, key.metadata().activated(), Optional.of(NOW))));
        keys.put(successor, with(key(successor), KeyState.ACTIVE, Optional.of(NOW), Optional.empty()));
    }

    private static WrappedKey with(
            WrappedKey key, KeyState state, Optional<Instant> activated, Optional<Instant> deactivated) {
        KeyVersion metadata =
                new KeyVersion(key.metadata().id(), state, key.metadata().created(), activated, deactivated);
        return new WrappedKey(metadata, key.format(), key.kekId(), key.fingerprint(), key.wrapped());
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("The transition contradicts what the key store holds");
        }
    }

    private void requireUp() {
        if (failing) {
            throw new KeyStoreUnavailableException("switched off by the test", new IllegalStateException());
        }
    }
}
