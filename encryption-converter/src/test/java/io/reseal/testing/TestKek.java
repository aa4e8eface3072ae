package io.reseal.testing;

import com.google.crypto.tink.subtle.AesGcmJce;
import io.reseal.keys.spi.KeyEncryption;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** A KEK that is the same in every run. */
public final class TestKek implements KeyEncryption {

    private final String id;
    private final AesGcmJce aead;

    public TestKek(String id) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) id.hashCode());
        this.id = id;
        try {
            aead = new AesGcmJce(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException {
        return aead.encrypt(keyset, associatedData);
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
        return aead.decrypt(wrapped, associatedData);
    }
}
