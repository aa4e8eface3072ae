package io.reseal.keys;

import io.reseal.ResealConfigurationException;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the key store, verifies what it holds, and unwraps what may be used. */
final class KeyringReader implements KeyringSource {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringReader.class);

    private final KeyStore store;
    private final StoreSealing sealing;
    private final KeyMaterial material;
    private final RollbackWatch rollback;
    private final ClockWatch clock;
    private final NodeMembership membership;

    KeyringReader(StoreAccess access, KeyMaterial material, ClockWatch clock, NodeMembership membership) {
        this.store = access.store();
        this.sealing = access.sealing();
        this.rollback = access.rollback();
        this.material = material;
        this.clock = clock;
        this.membership = membership;
    }

    @Override
    public long generation() {
        return store.generation();
    }

    @Override
    public long renew(long held) {
        return membership.renew(held);
    }

    /** Ciphers at hand are used again: a new version must not make the KEK unwrap all others too. */
    @Override
    public Keyring load(Keyring before) {
        RollbackWatch.Known known = rollback.known();
        StoredKeys stored = store.load();
        LOG.debug(
                "Read the key store at generation {}: {} keys",
                stored.generation(),
                stored.keys().size());
        verify(stored);
        clock.look(stored);
        Optional<String> refusal = rollback.look(known, stored);
        if (refusal.isPresent() && before.generation() > stored.generation()) {
            return before.refusing(refusal.get()); // it opens what the older copy knows nothing of
        }
        return new Keyring(
                stored, stored.keys().stream().map(key -> entry(key, before)).toList(), refusal);
    }

    /** If the KEK opens a key, the MAC's own does not fail to open because of the KEK. */
    private void verify(StoredKeys stored) {
        try {
            sealing.verify(stored);
        } catch (ResealConfigurationException e) {
            if (stored.keys().stream().anyMatch(material::opens)) {
                throw StoreSealing.anotherKey(e);
            }
            throw e;
        }
    }

    private Keyring.Entry entry(WrappedKey key, Keyring before) {
        boolean usable = key.metadata().state().opens() && key.format() <= KeyMaterial.FORMAT;
        return Keyring.Entry.of(
                key, usable ? before.unwrapped(key).or(() -> Optional.of(material.unwrap(key))) : Optional.empty());
    }
}
