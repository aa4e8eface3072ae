package io.reseal.internal.format;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the codec of a type. */
public final class ValueCodecs {

    private static final TextCodec<String> TEXT = new TextCodec<>(text -> text, text -> text);

    private static final Map<Class<?>, ValueCodec<?>> BY_CLASS = Stream.of(
                    Stream.<Map.Entry<Class<?>, ValueCodec<?>>>of(
                            Map.entry(String.class, TEXT),
                            Map.entry(char[].class, new CharsCodec(TEXT)),
                            Map.entry(byte[].class, new BytesCodec()),
                            Map.entry(BigInteger.class, new NumberCodec<>(BigInteger::toByteArray, BigInteger::new, 1)),
                            Map.entry(
                                    BigDecimal.class,
                                    new NumberCodec<>(ValueCodecs::bytes, ValueCodecs::decimal, Integer.BYTES + 1)),
                            Map.entry(ZoneId.class, new TextCodec<>(ZoneId::getId, ZoneId::of)),
                            fixed(Boolean.class, 1, (b, v) -> b.put((byte) (v ? 1 : 0)), ValueCodecs::bool),
                            fixed(Byte.class, Byte.BYTES, ByteBuffer::put, ByteBuffer::get),
                            fixed(Short.class, Short.BYTES, ByteBuffer::putShort, ByteBuffer::getShort),
                            fixed(Integer.class, Integer.BYTES, ByteBuffer::putInt, ByteBuffer::getInt),
                            fixed(Long.class, Long.BYTES, ByteBuffer::putLong, ByteBuffer::getLong),
                            fixed(Float.class, Float.BYTES, ByteBuffer::putFloat, ByteBuffer::getFloat),
                            fixed(Double.class, Double.BYTES, ByteBuffer::putDouble, ByteBuffer::getDouble),
                            fixed(Character.class, Character.BYTES, ByteBuffer::putChar, ByteBuffer::getChar),
                            fixed(
                                    UUID.class,
                                    2 * Long.BYTES,
                                    (b, v) -> b.putLong(v.getMostSignificantBits())
                                            .putLong(v.getLeastSignificantBits()),
                                    b -> new UUID(b.getLong(), b.getLong()))),
                    TimeCodecs.all())
            .flatMap(entries -> entries)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private ValueCodecs() {}

    /** The codec of a type, primitive or not, or empty if its values can't be sealed. */
    public static Optional<ValueCodec<?>> of(Type type) {
        if (type instanceof Class<?> named) {
            Class<?> boxed = BoxedTypes.box(named);
            if (boxed.isEnum()) {
                return Optional.of(names(boxed));
            }
            if (BY_CLASS.containsKey(boxed)) {
                return Optional.ofNullable(BY_CLASS.get(boxed));
            }
        }
        return JsonCodec.supports(type) ? Optional.of(new JsonCodec<>(type)) : Optional.empty();
    }

    static boolean isSimple(Type type) {
        return type instanceof Class<?> named && (named.isEnum() || BY_CLASS.containsKey(BoxedTypes.box(named)));
    }

    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : type instanceof Class<?> named ? named : Object.class;
    }

    static <T> Map.Entry<Class<?>, ValueCodec<?>> fixed(
            Class<T> type, int size, BiConsumer<ByteBuffer, T> put, Function<ByteBuffer, T> get) {
        return Map.entry(type, new FixedCodec<>(size, put, get));
    }

    private static ValueCodec<?> names(Class<?> type) {
        Map<String, Object> byName = Stream.of(type.getEnumConstants())
                .collect(Collectors.toUnmodifiableMap(constant -> ((Enum<?>) constant).name(), constant -> constant));
        return new TextCodec<Object>(constant -> ((Enum<?>) constant).name(), name -> {
            Object constant = byName.get(name);
            if (constant == null) {
                throw new CodecException("no constant of " + type.getName());
            }
            return constant;
        });
    }

    private static boolean bool(ByteBuffer buffer) {
        byte value = buffer.get();
        if (value != 0 && value != 1) {
            throw new CodecException("neither true nor false");
        }
        return value == 1;
    }

    private static byte[] bytes(BigDecimal value) {
        byte[] unscaled = value.unscaledValue().toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + unscaled.length)
                .putInt(value.scale())
                .put(unscaled)
                .array();
    }

    private static BigDecimal decimal(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int scale = buffer.getInt();
        return new BigDecimal(new BigInteger(bytes, Integer.BYTES, buffer.remaining()), scale);
    }
}
