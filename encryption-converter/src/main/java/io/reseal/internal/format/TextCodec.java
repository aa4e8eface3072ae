package io.reseal.internal.format;

import java.nio.charset.CharacterCodingException;
import java.util.OptionalLong;
import java.util.function.Function;

/** Values whose form is text in UTF-8. Text that has none (a lone surrogate) is refused, never replaced. */
record TextCodec<T>(Function<T, CharSequence> format, Function<String, T> parse) implements ValueCodec<T> {

    private static final long DEFAULT_LENGTH = 255;

    /** A char is at most three bytes in UTF-8; the two of a surrogate pair are four together. */
    private static final long MAX_BYTES_PER_CHAR = 3;

    static byte[] utf8(CharSequence text) {
        try {
            return Utf8.encode(text);
        } catch (CharacterCodingException e) {
            throw new CodecException("the text holds half of a surrogate pair, which UTF-8 can't express");
        }
    }

    static char[] chars(byte[] utf8) {
        try {
            return Utf8.decode(utf8);
        } catch (CharacterCodingException e) {
            throw new CodecException("not UTF-8");
        }
    }

    @Override
    public byte[] encode(T value) {
        return utf8(format.apply(value));
    }

    @Override
    public T decode(byte[] bytes) {
        try {
            return parse.apply(String.valueOf(chars(bytes)));
        } catch (RuntimeException e) {
            throw e instanceof CodecException known ? known : new CodecException("no known name");
        }
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return length.orElse(DEFAULT_LENGTH) * MAX_BYTES_PER_CHAR;
    }
}
