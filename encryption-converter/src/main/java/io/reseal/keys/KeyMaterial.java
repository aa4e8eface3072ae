package io.reseal.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.keys.spi.WrappedKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Makes, wraps and unwraps the Tink keysets behind key versions: each one AES-256-GCM key with the id of its version. */
final class KeyMaterial {

    /** The ciphertext format and codec version of keys made by this release. */
    static final int FORMAT = 1;

    private static final int FINGERPRINT_LENGTH = 16;

    private final KeysetWrapping wrapping;
    private final SecureRandom random = new SecureRandom();

    KeyMaterial(KeysetWrapping wrapping) {
        this.wrapping = wrapping;
    }

    /** A new key version, wrapped. */
    WrappedKey generate(KeyVersion metadata) {
        byte[] bytes = new byte[FINGERPRINT_LENGTH];
        random.nextBytes(bytes);
        Bytes fingerprint = Bytes.copyFrom(bytes);
        Bytes wrapped = wrapping.wrap(keyset(metadata.id()), purpose(metadata.id(), FORMAT, fingerprint));
        return new WrappedKey(metadata, FORMAT, wrapping.kekId(), fingerprint, wrapped);
    }

    private static KeysetHandle keyset(KeyId id) {
        try {
            return KeysetHandle.newBuilder()
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                            .withFixedId(id.tinkKeyId())
                            .makePrimary())
                    .build();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink makes an AES key of ours", e);
        }
    }

    /** The cipher of a stored key version. */
    Aead unwrap(WrappedKey key) {
        KeyId id = key.metadata().id();
        try {
            return wrapping.unwrap(key.wrapped(), purpose(id, key.format(), key.fingerprint()), key.kekId())
                    .getPrimitive(KeysetWrapping.TINK, Aead.class);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("What the KEK authenticated is an AEAD of ours", e);
        }
    }

    /** Whether a stored key version has material, and the KEK opens it. */
    boolean opens(WrappedKey key) {
        try {
            return key.wrapped().size() > 0 && unwrap(key) != null;
        } catch (ResealConfigurationException e) {
            return false;
        }
    }

    private static KeysetWrapping.Purpose purpose(KeyId id, int format, Bytes fingerprint) {
        return new KeysetWrapping.Purpose(
                id.toString(),
                "reseal/key-wrap/v1",
                List.of(
                        id.type().name(),
                        Integer.toString(id.version()),
                        Integer.toString(format),
                        HexFormat.of().formatHex(fingerprint.toByteArray())));
    }
}
