package io.reseal.internal.format;

import java.util.OptionalLong;
import java.util.function.Function;

/** Numbers of any size: the form is as long as the number needs. */
record NumberCodec<T>(Function<T, byte[]> format, Function<byte[], T> parse, int minBytes) implements ValueCodec<T> {

    /** Enough for 600 digits. */
    private static final long MAX_BYTES = 255;

    @Override
    public byte[] encode(T value) {
        byte[] bytes = format.apply(value);
        if (bytes.length > MAX_BYTES) {
            throw new CodecException("the number needs more than " + MAX_BYTES + " bytes");
        }
        return bytes;
    }

    @Override
    public T decode(byte[] bytes) {
        if (bytes.length < minBytes) {
            throw new CodecException(bytes.length + " bytes are too few for a number");
        }
        return parse.apply(bytes);
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return MAX_BYTES;
    }
}
