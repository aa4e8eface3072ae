package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.StoreGeneration;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.StoreSeal;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Wraps the audit log's own keys under the KEK, each bound to the application, the environment and its place. */
public final class AuditKeys {

    private final String application;
    private final String environment;
    private final KeyEncryption kek;
    private final SecureRandom random = new SecureRandom();

    public AuditKeys(String application, String environment, KeyEncryption kek) {
        this.application = application;
        this.environment = environment;
        this.kek = kek;
    }

    /** The generation that a key store's seal covers; empty if somebody without the KEK made or edited it. */
    OptionalLong generation(StoreSeal seal) {
        return new StoreGeneration(application, environment, kek).of(seal);
    }

    String kekId() {
        return kek.id();
    }

    ChainKey newKey() {
        return ChainKey.random(random);
    }

    ChainRow wrapped(String chain, String node, Instant startedAt, ChainKey key) {
        return new ChainRow(
                chain, node, startedAt, kek.id(), wrap(key.bytes(), chainData(chain, node, startedAt, kek.id())));
    }

    /** Empty if the row is not the one that was written, or another KEK wrote it. */
    Optional<ChainKey> opened(ChainRow row) {
        byte[] data;
        try {
            data = chainData(row.chain(), row.node(), row.startedAt(), row.kekId());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no UTF-8 form: never written by anybody
        }
        return unwrap(row.wrapped(), data).map(ChainKey::new);
    }

    Bytes wrapSigner(byte[] keyset) {
        return wrap(keyset, signerData());
    }

    Optional<byte[]> openSigner(Bytes wrapped) {
        return unwrap(wrapped, signerData());
    }

    private Bytes wrap(byte[] key, byte[] data) {
        try {
            return Bytes.copyFrom(kek.wrap(key, data));
        } catch (GeneralSecurityException e) {
            throw new ResealConfigurationException(
                    "A key of the audit log could not be wrapped by the KEK '" + kek.id()
                            + "'. Check that the KEK may be used for wrapping",
                    e);
        }
    }

    private Optional<byte[]> unwrap(Bytes wrapped, byte[] data) {
        try {
            return Optional.of(kek.unwrap(wrapped.toByteArray(), data));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private byte[] chainData(String chain, String node, Instant startedAt, String kekId) {
        return AssociatedData.of(
                "reseal/audit-chain/v1", application, environment, chain, node, startedAt.toString(), kekId);
    }

    private byte[] signerData() {
        return AssociatedData.of("reseal/audit-signer/v1", application, environment);
    }
}
