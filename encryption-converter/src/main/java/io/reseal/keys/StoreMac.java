package io.reseal.keys;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import com.google.crypto.tink.util.Bytes;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.UUID;

/** The key that authenticates a key store's content: HMAC-SHA-256, one for the life of the store. */
final class StoreMac {

    private final Mac mac;
    private final StoreKey key;

    private StoreMac(KeysetHandle handle, StoreKey key) throws GeneralSecurityException {
        this.mac = handle.getPrimitive(KeysetWrapping.TINK, Mac.class);
        this.key = key;
    }

    /** Of a new store. */
    static StoreMac generate(KeysetWrapping wrapping) {
        try {
            String store = UUID.randomUUID().toString();
            KeysetHandle handle =
                    KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_256BITTAG, KeysetWrapping.TINK);
            return new StoreMac(handle, new StoreKey(store, wrapping.kekId(), wrapping.wrap(handle, purpose(store))));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink makes an HMAC of its own", e);
        }
    }

    static StoreMac unwrap(KeysetWrapping wrapping, StoreKey key) {
        try {
            return new StoreMac(wrapping.unwrap(key.wrapped(), purpose(key.store()), key.kekId()), key);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("What the KEK authenticated is a MAC of ours", e);
        }
    }

    /** Bound to its store: two stores under one KEK do not accept each other's. */
    private static KeysetWrapping.Purpose purpose(String store) {
        return new KeysetWrapping.Purpose("the MAC of its content", "reseal/key-store-mac/v1", List.of(store));
    }

    StoreKey key() {
        return key;
    }

    byte[] of(byte[] message) {
        try {
            return mac.computeMac(message);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("HMAC takes any message", e);
        }
    }

    boolean verifies(Bytes tag, byte[] message) {
        try {
            mac.verifyMac(tag.toByteArray(), message);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
