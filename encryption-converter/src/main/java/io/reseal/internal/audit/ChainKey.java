package io.reseal.internal.audit;

import io.reseal.internal.format.AssociatedData;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One key of a chain: macs one entry, and leads to the next key but never back. {@link #erase} overwrites it; copies that the
 * JDK's HMAC makes for itself last until they are collected.
 */
final class ChainKey {

    static final int LENGTH = 32;
    private static final String HMAC = "HmacSHA256";
    private static final byte[] NEXT = AssociatedData.of("reseal/audit-key/v1");

    private final byte[] bytes;

    /** Takes over {@code bytes}. */
    ChainKey(byte[] bytes) {
        this.bytes = bytes;
    }

    static ChainKey random(SecureRandom random) {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return new ChainKey(bytes);
    }

    /** The key itself, not a copy: for wrapping. */
    byte[] bytes() {
        return bytes;
    }

    byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Every Java has HMAC-SHA-256", e);
        }
    }

    /** The key of the next entry. */
    ChainKey next() {
        return new ChainKey(mac(NEXT));
    }

    void erase() {
        Arrays.fill(bytes, (byte) 0);
    }
}
