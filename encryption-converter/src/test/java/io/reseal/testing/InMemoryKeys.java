package io.reseal.testing;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import java.util.Map;

/**
 * Keys for tests of an application: a key store in memory, a KEK that may be told to fail, and a clock that is moved, also
 * backwards. Nothing is read or written elsewhere.
 */
public final class InMemoryKeys implements AutoCloseable {

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final FaultyKek kek = new FaultyKek(new TestKek("in-memory"));
    private final TestClock clock = TestClock.standing();
    private final KeyRegistry registry;

    private InMemoryKeys() {
        ResealSettings settings = ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:none"));
        registry = KeyRegistry.open(store, kek, KeyTypes.standard(), settings, clock);
    }

    /** A store without any key; the first version of a key type is made when {@link KeyRegistry#ensureActive} asks for it. */
    public static InMemoryKeys empty() {
        return new InMemoryKeys();
    }

    /** A store with an active version 1 of {@code type}. */
    public static InMemoryKeys with(KeyType type) {
        InMemoryKeys keys = new InMemoryKeys();
        keys.registry.ensureActive(type);
        return keys;
    }

    public KeyRegistry registry() {
        return registry;
    }

    public MemoryKeyStore store() {
        return store;
    }

    public FaultyKek kek() {
        return kek;
    }

    public TestClock clock() {
        return clock;
    }

    @Override
    public void close() {
        registry.close();
    }
}
