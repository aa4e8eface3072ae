package io.reseal.internal.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 that refuses what it can't express, and leaves no second copy of a text behind. */
final class Utf8 {

    private Utf8() {}

    /** @throws CharacterCodingException if the text holds half of a surrogate pair */
    static byte[] encode(CharSequence text) throws CharacterCodingException {
        ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        buffer.clear();
        buffer.put(new byte[buffer.capacity()]);
        return bytes;
    }

    /** @throws CharacterCodingException if the bytes are not UTF-8 */
    static char[] decode(byte[] bytes) throws CharacterCodingException {
        CharBuffer buffer = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        char[] chars = new char[buffer.remaining()];
        buffer.get(chars);
        buffer.clear();
        buffer.put(new char[buffer.capacity()]);
        return chars;
    }
}
