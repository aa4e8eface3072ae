package io.reseal.keys;

import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.MemoryKeyStore;
import java.util.ArrayList;
import java.util.List;

/** Changes a store as another release of Reseal might, which has the KEK: the seal fits. */
final class Resealing {

    private Resealing() {}

    /** Replaces or adds one key. */
    static void put(MemoryKeyStore store, WrappedKey key, KeyEncryption kek, String environment) {
        StoredKeys before = store.load();
        List<WrappedKey> keys = new ArrayList<>(before.keys());
        keys.removeIf(other -> other.metadata().id().equals(key.metadata().id()));
        keys.add(key);
        StoredKeys changed =
                new StoredKeys(before.generation(), keys, before.records(), before.unknown(), before.seal());
        StoreSealing sealing = new StoreSealing(new KeysetWrapping("application", environment, kek));
        store.overwrite(changed.sealed(sealing.seal(changed, before.generation() + 1)));
    }
}
