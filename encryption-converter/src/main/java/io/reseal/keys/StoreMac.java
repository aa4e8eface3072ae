package io.reseal.keys;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import com.google.crypto.tink.util.Bytes;
import java.security.GeneralSecurityException;
import java.util.List;

/** The key that authenticates a key store's content: HMAC-SHA-256, one for the life of the store. */
final class StoreMac {

    private static final KeysetWrapping.Purpose PURPOSE =
            new KeysetWrapping.Purpose("the MAC of its content", "reseal/key-store-mac/v1", List.of());

    private final Mac mac;
    private final String kekId;
    private final Bytes wrapped;

    private StoreMac(KeysetHandle handle, String kekId, Bytes wrapped) throws GeneralSecurityException {
        this.mac = handle.getPrimitive(KeysetWrapping.TINK, Mac.class);
        this.kekId = kekId;
        this.wrapped = wrapped;
    }

    static StoreMac generate(KeysetWrapping wrapping) {
        try {
            KeysetHandle handle =
                    KeysetHandle.generateNew(PredefinedMacParameters.HMAC_SHA256_256BITTAG, KeysetWrapping.TINK);
            return new StoreMac(handle, wrapping.kekId(), wrapping.wrap(handle, PURPOSE));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink makes an HMAC of its own", e);
        }
    }

    static StoreMac unwrap(KeysetWrapping wrapping, String kekId, Bytes wrapped) {
        try {
            return new StoreMac(wrapping.unwrap(wrapped, PURPOSE, kekId), kekId, wrapped);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("What the KEK authenticated is a MAC of ours", e);
        }
    }

    String kekId() {
        return kekId;
    }

    Bytes wrapped() {
        return wrapped;
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
