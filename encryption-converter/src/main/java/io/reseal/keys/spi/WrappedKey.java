package io.reseal.keys.spi;

import com.google.crypto.tink.util.Bytes;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;

/**
 * A key version as the key store holds it: metadata in the clear, material wrapped by the KEK.
 *
 * @param format the ciphertext format and codec version of everything sealed under this key
 * @param kekId the KEK that wrapped it, as {@link KeyEncryption#id()} names it
 * @param fingerprint 16 random bytes, bound into the wrap, that tell two keys of one number apart
 * @param wrapped the wrapped Tink keyset; empty in a key that is DESTROYED, and only there
 */
public record WrappedKey(KeyVersion metadata, int format, String kekId, Bytes fingerprint, Bytes wrapped) {

    private static final Bytes ERASED = Bytes.copyFrom(new byte[0]);

    /** The key after a change of its state: without material if that destroyed it. */
    public WrappedKey changed(StateChange change) {
        if (!change.before().equals(metadata)) {
            throw new IllegalStateException("The key " + metadata.id()
                    + " is not in the state that the transition starts from; nothing was changed");
        }
        boolean erased = change.after().state() == KeyState.DESTROYED;
        return new WrappedKey(change.after(), format, kekId, fingerprint, erased ? ERASED : wrapped);
    }

    @Override
    public String toString() {
        return "WrappedKey[" + metadata + ", format=" + format + ", kekId=" + kekId + "]";
    }
}
