package io.reseal.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Unambiguous associated data: each part is preceded by its length, so that no two lists of parts have the same bytes. */
public final class AssociatedData {

    private AssociatedData() {}

    /**
     * Each part as four bytes of length (big-endian) and its UTF-8 bytes.
     *
     * @throws IllegalArgumentException if a part has no UTF-8 form (half a surrogate pair)
     */
    public static byte[] of(String... parts) {
        byte[][] encoded = new byte[parts.length][];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            encoded[i] = utf8(parts[i]);
            length += Integer.BYTES + encoded[i].length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (byte[] part : encoded) {
            buffer.putInt(part.length).put(part);
        }
        return buffer.array();
    }

    /** Strict: {@code String.getBytes} would turn each broken character into the same question mark. */
    private static byte[] utf8(String part) {
        try {
            return Utf8.encode(part);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("A name or context holds half a surrogate pair", e);
        }
    }
}
