package io.reseal.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.WrappedKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/** Makes, wraps and unwraps the Tink keysets behind key versions: each one AES-256-GCM key with the id of its version. */
final class KeyMaterial {

    /** The ciphertext format and codec version of keys made by this release. */
    static final int FORMAT = 1;

    private static final int FINGERPRINT_LENGTH = 16;
    private static final Configuration TINK = tink();

    private final String application;
    private final String environment;
    private final KeyEncryption kek;
    private final SecureRandom random = new SecureRandom();

    KeyMaterial(String application, String environment, KeyEncryption kek) {
        this.application = application;
        this.environment = environment;
        this.kek = kek;
    }

    /** A new key version, wrapped. */
    WrappedKey generate(KeyVersion metadata) {
        byte[] fingerprint = new byte[FINGERPRINT_LENGTH];
        random.nextBytes(fingerprint);
        try {
            KeysetHandle handle = KeysetHandle.newBuilder()
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                            .withFixedId(metadata.id().tinkKeyId())
                            .makePrimary())
                    .build();
            byte[] keyset = TinkProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get(), TINK);
            try {
                byte[] wrapped = kek.wrap(keyset, associatedData(metadata.id(), FORMAT, fingerprint));
                return new WrappedKey(metadata, FORMAT, kek.id(), Bytes.copyFrom(fingerprint), Bytes.copyFrom(wrapped));
            } finally {
                Arrays.fill(keyset, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new ResealConfigurationException(
                    "A key for " + metadata.id() + " could not be made and wrapped by the KEK '" + kek.id()
                            + "'. Check that the KEK may be used for wrapping",
                    e);
        }
    }

    /** The cipher of a stored key version. */
    Aead unwrap(WrappedKey key) {
        KeyId id = key.metadata().id();
        try {
            byte[] keyset = kek.unwrap(
                    key.wrapped().toByteArray(),
                    associatedData(id, key.format(), key.fingerprint().toByteArray()));
            try {
                return TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), TINK)
                        .getPrimitive(TINK, Aead.class);
            } finally {
                Arrays.fill(keyset, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new ResealConfigurationException(
                    "The key store's key for " + id + " does not open: it was wrapped by the KEK '" + key.kekId()
                            + "' for one application and environment, and here the KEK is '" + kek.id()
                            + "', the application '" + application + "' and the environment '" + environment
                            + "'. Restore that KEK, or correct reseal.kek, reseal.kek.file, reseal.application or"
                            + " reseal.environment",
                    e);
        }
    }

    private byte[] associatedData(KeyId id, int format, byte[] fingerprint) {
        return AssociatedData.of(
                "reseal/key-wrap/v1",
                application,
                environment,
                id.type().name(),
                Integer.toString(id.version()),
                Integer.toString(format),
                HexFormat.of().formatHex(fingerprint));
    }

    private static Configuration tink() {
        try {
            AeadConfig.register();
            return RegistryConfiguration.get();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink registers its own AEADs", e);
        }
    }
}
