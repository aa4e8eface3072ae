package io.reseal.internal.format;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The bytes of one type's values. Safe for use by several threads; neither results nor arguments are kept or shared.
 *
 * @param <T> the boxed type
 */
public interface ValueCodec<T> {

    /**
     * The bytes that are sealed: the same for the same value, in every process.
     *
     * @throws CodecException if the value has no exact form; the message tells why, never the value
     */
    byte[] encode(T value);

    /**
     * The value that {@link #encode} turned into these bytes.
     *
     * @throws CodecException if these are the bytes of no value
     */
    T decode(byte[] bytes);

    /**
     * The longest form in bytes.
     *
     * @param length the length that the column was declared with, in characters of text or bytes of binary data; ignored
     *     by types of a fixed size
     */
    long maxBytes(OptionalLong length);

    /** Whether a value can change in place. */
    default boolean isMutable() {
        return false;
    }

    /** A value that does not change when {@code value} changes in place. */
    default T copy(T value) {
        return value;
    }

    /** Whether one value can stand for the other, so that nothing needs to be written. */
    default boolean isSame(T one, T another) {
        return Objects.deepEquals(one, another);
    }
}
