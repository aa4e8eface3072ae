package io.reseal.internal.format;

import java.util.OptionalLong;

/** {@code byte[]}: itself. */
record BytesCodec() implements ValueCodec<byte[]> {

    private static final long DEFAULT_LENGTH = 255;

    @Override
    public byte[] encode(byte[] value) {
        return value.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
        return bytes.clone();
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return length.orElse(DEFAULT_LENGTH);
    }

    @Override
    public boolean isMutable() {
        return true;
    }

    @Override
    public byte[] copy(byte[] value) {
        return value.clone();
    }
}
