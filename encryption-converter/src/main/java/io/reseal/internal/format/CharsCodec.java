package io.reseal.internal.format;

import java.nio.CharBuffer;
import java.util.OptionalLong;

/** {@code char[]}: text in UTF-8. */
record CharsCodec(TextCodec<String> text) implements ValueCodec<char[]> {

    @Override
    public byte[] encode(char[] value) {
        return TextCodec.utf8(CharBuffer.wrap(value));
    }

    @Override
    public char[] decode(byte[] bytes) {
        return TextCodec.chars(bytes);
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return text.maxBytes(length);
    }

    @Override
    public boolean isMutable() {
        return true;
    }

    @Override
    public char[] copy(char[] value) {
        return value.clone();
    }
}
