package io.reseal.crypto;

import com.google.crypto.tink.Aead;
import io.reseal.PlaintextValueException;
import io.reseal.TamperedValueException;
import io.reseal.internal.format.AssociatedData;
import io.reseal.internal.format.TextForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.Openings;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;

/**
 * Seals and opens the values of one context: a value sealed in one context does not open in another. Safe for use by
 * several threads.
 *
 * <p>The sealed form is a Tink AES-256-GCM ciphertext (NIST SP 800-38D, random 96-bit nonce) whose five-byte prefix names
 * the key type and version.
 */
public final class FieldCipher {

    /** How many bytes a sealed value is longer than its plaintext: prefix 5, nonce 12, tag 16. */
    public static final int OVERHEAD = 33;

    private static final String LABEL = "reseal/field/v1";
    private static final byte TINK_PREFIX = 0x01;

    private final KeyRegistry keys;
    private final String context;
    private final byte[] associatedData;
    private final Openings openings;

    /**
     * @param context what the values are bound to, by default {@code table.column}
     */
    public FieldCipher(KeyRegistry keys, String context) {
        this(keys, context, keys.openings(context));
    }

    private FieldCipher(KeyRegistry keys, String context, Openings openings) {
        this.keys = keys;
        this.context = context;
        this.openings = openings;
        this.associatedData = AssociatedData.of(LABEL, context);
    }

    /** The same for whoever re-encrypts the values: {@link KeyRegistry#reencryptingOpenings}. */
    public static FieldCipher reencrypting(KeyRegistry keys, String context) {
        return new FieldCipher(keys, context, keys.reencryptingOpenings(context));
    }

    /** What the values are bound to. */
    public String context() {
        return context;
    }

    /**
     * Seals under the active version of {@code type}.
     *
     * @throws io.reseal.SealingRefusedException if there is no active version, or this node can't know that it still is
     */
    public byte[] seal(KeyType type, byte[] plaintext) {
        return encrypt(keys.sealingCipher(type), plaintext);
    }

    /**
     * Seals under {@code key}.
     *
     * @throws io.reseal.SealingRefusedException if that is not the active version of its key type
     */
    public byte[] seal(KeyId key, byte[] plaintext) {
        return encrypt(keys.sealingCipher(key), plaintext);
    }

    /** Seals under the active version of {@code type}, in text form. */
    public String sealText(KeyType type, byte[] plaintext) {
        return TextForm.encode(type, seal(type, plaintext));
    }

    /** Seals under {@code key}, in text form. */
    public String sealText(KeyId key, byte[] plaintext) {
        return TextForm.encode(key.type(), seal(key, plaintext));
    }

    /**
     * Opens what {@link #seal} returned.
     *
     * @throws io.reseal.UnreadableValueException if the value does not open; the subclass tells why
     */
    public byte[] open(byte[] sealed) {
        if (sealed.length < OVERHEAD || sealed[0] != TINK_PREFIX) {
            openings.plaintext();
            throw new PlaintextValueException("In '" + context
                    + "' a value is stored that is not sealed (or was cut short). Encrypt it before it is read");
        }
        int key = ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt();
        Aead cipher = openings.cipher(key);
        try {
            return cipher.decrypt(sealed, associatedData);
        } catch (GeneralSecurityException e) {
            openings.tampered(key);
            throw new TamperedValueException(
                    "In '" + context + "' a value does not open: it was changed, cut short, or sealed for another"
                            + " context (table, column or @Encrypted(context)). Restore it from a backup",
                    e);
        }
    }

    /** Opens what {@link #sealText} returned; otherwise as {@link #open}. */
    public byte[] openText(String sealed) {
        Optional<byte[]> bytes = TextForm.decode(sealed, keys.types());
        if (bytes.isEmpty()) {
            openings.plaintext();
            throw new PlaintextValueException("In '" + context
                    + "' a text is stored that is not sealed (or was cut short). Encrypt it before it is read");
        }
        return open(bytes.get());
    }

    private byte[] encrypt(Aead cipher, byte[] plaintext) {
        try {
            return cipher.encrypt(plaintext, associatedData);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("AES-GCM seals any plaintext that fits in memory", e);
        }
    }
}
