package io.reseal.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Unambiguous associated data: each part is preceded by its length, so that no two lists of parts have the same bytes. */
public final class AssociatedData {

    private AssociatedData() {}

    /** Each part as four bytes of length (big-endian) and its UTF-8 bytes. */
    public static byte[] of(String... parts) {
        byte[][] encoded = new byte[parts.length][];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            encoded[i] = parts[i].getBytes(StandardCharsets.UTF_8);
            length += Integer.BYTES + encoded[i].length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (byte[] part : encoded) {
            buffer.putInt(part.length).put(part);
        }
        return buffer.array();
    }
}
