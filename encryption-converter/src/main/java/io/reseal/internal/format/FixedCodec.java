package io.reseal.internal.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Values whose form always has the same number of bytes, numbers big-endian. */
record FixedCodec<T>(int size, BiConsumer<ByteBuffer, T> put, Function<ByteBuffer, T> get) implements ValueCodec<T> {

    @Override
    public byte[] encode(T value) {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        put.accept(buffer, value);
        return buffer.array();
    }

    @Override
    public T decode(byte[] bytes) {
        if (bytes.length != size) {
            throw new CodecException(bytes.length + " bytes instead of " + size);
        }
        try {
            return get.apply(ByteBuffer.wrap(bytes));
        } catch (DateTimeException | BufferUnderflowException e) {
            throw new CodecException("out of range");
        }
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return size;
    }
}
