package io.reseal.internal.audit;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.PublicKeySign;
import com.google.crypto.tink.PublicKeyVerify;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.signature.Ed25519PublicKey;
import com.google.crypto.tink.signature.PredefinedSignatureParameters;
import com.google.crypto.tink.signature.SignatureConfig;
import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Signs checkpoints with Ed25519, and verifies them; plain signatures that any other program verifies too. */
final class CheckpointSigner {

    private static final Configuration TINK = tink();

    private final Bytes publicKey;
    private final KeysetHandle handle;
    private final PublicKeyVerify verify;

    @AccessesPartialKey
    private CheckpointSigner(KeysetHandle handle) throws GeneralSecurityException {
        KeysetHandle open = handle.getPublicKeysetHandle();
        publicKey = ((Ed25519PublicKey) open.getPrimary().getKey()).getPublicKeyBytes();
        this.handle = handle;
        verify = open.getPrimitive(TINK, PublicKeyVerify.class);
    }

    /** A new key and, for storage, its wrap. */
    static Bytes wrappedNewKey(AuditKeys keys) {
        try {
            KeysetHandle handle = KeysetHandle.generateNew(PredefinedSignatureParameters.ED25519WithRawOutput, TINK);
            byte[] keyset = TinkProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get(), TINK);
            try {
                return keys.wrapSigner(keyset);
            } finally {
                Arrays.fill(keyset, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink makes Ed25519 keys", e);
        }
    }

    /** Empty if the wrap is not the one that was stored, or another KEK made it. */
    static Optional<CheckpointSigner> open(Bytes wrapped, AuditKeys keys) {
        byte @Nullable [] keyset = keys.openSigner(wrapped).orElse(null);
        if (keyset == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CheckpointSigner(
                    TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), TINK)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        } finally {
            Arrays.fill(keyset, (byte) 0);
        }
    }

    /** The key of this key store, which is made when nobody has signed yet. */
    static CheckpointSigner ofStore(Handle handle, AuditKeys keys) {
        Optional<Bytes> stored = AuditTables.signer(handle);
        Bytes wrapped = stored.orElseGet(() -> {
            Bytes made = wrappedNewKey(keys);
            AuditTables.insertSigner(handle, keys.kekId(), made);
            return made;
        });
        return open(wrapped, keys)
                .orElseThrow(() -> new ResealConfigurationException(
                        "The key that signs audit checkpoints does not open under the KEK '" + keys.kekId()
                                + "'. Restore that KEK, or the table reseal_audit_signer from a backup",
                        null));
    }

    /** The 32 bytes of the public key. */
    Bytes publicKey() {
        return publicKey;
    }

    Checkpoint.Signed sign(Checkpoint checkpoint) {
        try {
            PublicKeySign signature = handle.getPrimitive(TINK, PublicKeySign.class);
            return new Checkpoint.Signed(checkpoint, publicKey, Bytes.copyFrom(signature.sign(checkpoint.message())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Ed25519 signs any message", e);
        }
    }

    boolean accepts(Checkpoint.Signed signed) {
        try {
            verify.verify(signed.signature().toByteArray(), signed.checkpoint().message());
            return signed.key().equals(publicKey);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Configuration tink() {
        try {
            SignatureConfig.register();
            return RegistryConfiguration.get();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink registers its own signatures", e);
        }
    }
}
