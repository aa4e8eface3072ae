package io.reseal.keys;

import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.spi.KeyEncryption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Wraps Tink keysets under the KEK, each bound to the application, the environment and its purpose. */
final class KeysetWrapping {

    static final Configuration TINK = tink();

    private final String application;
    private final String environment;
    private final KeyEncryption kek;

    KeysetWrapping(String application, String environment, KeyEncryption kek) {
        this.application = application;
        this.environment = environment;
        this.kek = kek;
    }

    /**
     * What a keyset is for.
     *
     * @param subject for messages
     * @param bound goes into the associated data after the label, application and environment
     */
    record Purpose(String subject, String label, List<String> bound) {}

    String kekId() {
        return kek.id();
    }

    Bytes wrap(KeysetHandle handle, Purpose purpose) {
        try {
            byte[] keyset = TinkProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get(), TINK);
            try {
                return Bytes.copyFrom(kek.wrap(keyset, associatedData(purpose)));
            } finally {
                Arrays.fill(keyset, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new ResealConfigurationException(
                    "A key for " + purpose.subject() + " could not be made and wrapped by the KEK '" + kek.id()
                            + "'. Check that the KEK may be used for wrapping",
                    e);
        }
    }

    /** @param wrappedBy the id of the KEK that wrapped it, for the message */
    KeysetHandle unwrap(Bytes wrapped, Purpose purpose, String wrappedBy) {
        try {
            byte[] keyset = kek.unwrap(wrapped.toByteArray(), associatedData(purpose));
            try {
                return TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), TINK);
            } finally {
                Arrays.fill(keyset, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new ResealConfigurationException(
                    "The key store's key for " + purpose.subject() + " does not open: it was wrapped by the KEK '"
                            + wrappedBy + "' for one application and environment, and here the KEK is '" + kek.id()
                            + "', the application '" + application + "' and the environment '" + environment
                            + "'. Restore that KEK, or correct reseal.kek, reseal.kek.file, reseal.application or"
                            + " reseal.environment",
                    e);
        }
    }

    private byte[] associatedData(Purpose purpose) {
        return AssociatedData.of(
                Stream.concat(Stream.of(purpose.label(), application, environment), purpose.bound().stream())
                        .toArray(String[]::new));
    }

    private static Configuration tink() {
        try {
            AeadConfig.register();
            MacConfig.register();
            return RegistryConfiguration.get();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink registers its own primitives", e);
        }
    }
}
