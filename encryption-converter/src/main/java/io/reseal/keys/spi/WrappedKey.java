package io.reseal.keys.spi;

import com.google.crypto.tink.util.Bytes;
import io.reseal.keys.KeyVersion;

/**
 * A key version as the key store holds it: metadata in the clear, material wrapped by the KEK.
 *
 * @param format the ciphertext format and codec version of everything sealed under this key
 * @param kekId the KEK that wrapped it, as {@link KeyEncryption#id()} names it
 * @param fingerprint 16 random bytes, bound into the wrap, that tell two keys of one number apart
 * @param wrapped the wrapped Tink keyset
 */
public record WrappedKey(KeyVersion metadata, int format, String kekId, Bytes fingerprint, Bytes wrapped) {

    @Override
    public String toString() {
        return "WrappedKey[" + metadata + ", format=" + format + ", kekId=" + kekId + "]";
    }
}
