package io.reseal.keys;

import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the key store, verifies what it holds, and unwraps what may be used. */
final class KeyringReader {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringReader.class);

    private final KeyStore store;
    private final StoreSealing sealing;
    private final KeyMaterial material;

    KeyringReader(KeyStore store, StoreSealing sealing, KeyMaterial material) {
        this.store = store;
        this.sealing = sealing;
        this.material = material;
    }

    /** Ciphers at hand are used again: a new version must not make the KEK unwrap all others too. */
    Keyring read(Keyring before) {
        StoredKeys stored = store.load();
        LOG.debug(
                "Read the key store at generation {}: {} keys",
                stored.generation(),
                stored.keys().size());
        sealing.verify(stored);
        return new Keyring(
                stored, stored.keys().stream().map(key -> entry(key, before)).toList());
    }

    private Keyring.Entry entry(WrappedKey key, Keyring before) {
        boolean usable = key.metadata().state().opens() && key.format() <= KeyMaterial.FORMAT;
        return Keyring.Entry.of(
                key, usable ? before.unwrapped(key).or(() -> Optional.of(material.unwrap(key))) : Optional.empty());
    }
}
