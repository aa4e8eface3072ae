package io.reseal.keys;

import com.google.crypto.tink.Aead;
import io.reseal.SealingRefusedException;
import io.reseal.UnknownKeyException;

/** The cipher for one encryption or one decryption, which it counts. Safe for use by several threads. */
final class KeyCiphers {

    private final KeyTypes types;
    private final KeyringCache cache;
    private final UsageBook usage;

    KeyCiphers(KeyTypes types, KeyringCache cache, UsageBook usage) {
        this.types = types;
        this.cache = cache;
        this.usage = usage;
    }

    /** As {@link KeyRegistry#sealingCipher(KeyId)}. */
    Aead sealing(KeyId key) {
        Keyring keyring = cache.leased();
        if (keyring.isActive(key)
                && (!usage.of(key.tinkKeyId()).seal() || cache.leased().isActive(key))) {
            return keyring.sealing(key.type());
        }
        throw new SealingRefusedException("The key " + key + " is not active: nothing new is sealed under it", null);
    }

    /** As {@link KeyRegistry#sealingCipher(KeyType)}. */
    Aead sealing(KeyType type) {
        while (true) {
            Keyring keyring = cache.leased();
            KeyId key = keyring.active(type)
                    .orElseThrow(() -> Keyring.noActive(type))
                    .id();
            // Who waited for a reservation looks again: a rotation may have passed, and counts on nobody sealing under
            // its predecessor
            if (!usage.of(key.tinkKeyId()).seal() || cache.leased().isActive(key)) {
                return keyring.sealing(type);
            }
        }
    }

    /** As {@link KeyRegistry#openingCipher}. */
    Keyring.Opening opening(int tinkKeyId) {
        Keyring keyring = cache.current();
        if (!keyring.holds(tinkKeyId) && types.isPossible(tinkKeyId)) {
            keyring = cache.lookFor(tinkKeyId);
        }
        if (!keyring.holds(tinkKeyId)) {
            throw new UnknownKeyException(
                    "The value was sealed under " + types.describe(tinkKeyId) + ", which the key store does not hold."
                            + " Connect the key store that sealed it, or restore the key from a backup");
        }
        Keyring.Opening opening = keyring.opening(tinkKeyId);
        usage.of(tinkKeyId).opened();
        return opening;
    }
}
