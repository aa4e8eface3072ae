package io.reseal.internal.format;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/** Records, lists and maps of them: JSON in UTF-8, with map entries in order so that equal values have equal bytes. */
final class JsonCodec<T> implements ValueCodec<T> {

    private static final long DEFAULT_LENGTH = 32_767;
    private static final long MAX_BYTES_PER_CHAR = 3;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING)
            .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE, DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private final JavaType type;

    JsonCodec(Type type) {
        this.type = MAPPER.constructType(type);
    }

    /** Whether values of that type survive the way through JSON: records, lists, maps and simple types in them. */
    static boolean supports(Type type) {
        return isStructure(type, new HashSet<>());
    }

    private static boolean isStructure(Type type, Set<Type> seen) {
        if (!seen.add(type)) {
            return true;
        }
        Class<?> raw = ValueCodecs.raw(type);
        if (type instanceof Class<?> && raw.isRecord()) {
            return Stream.of(raw.getRecordComponents())
                    .map(RecordComponent::getGenericType)
                    .allMatch(part -> isPart(part, seen));
        }
        return type instanceof ParameterizedType parameterized
                && (raw == List.class || isMapByText(parameterized))
                && Arrays.stream(parameterized.getActualTypeArguments()).allMatch(part -> isPart(part, seen));
    }

    private static boolean isPart(Type type, Set<Type> seen) {
        return ValueCodecs.isSimple(type) || isStructure(type, seen);
    }

    private static boolean isMapByText(ParameterizedType type) {
        return type.getRawType() == Map.class && type.getActualTypeArguments()[0] == String.class;
    }

    /** Through text, because Jackson's own UTF-8 replaces half of a surrogate pair by a question mark. */
    @Override
    public byte[] encode(T value) {
        try {
            return TextCodec.utf8(MAPPER.writeValueAsString(value));
        } catch (JacksonException e) {
            throw new CodecException("it can't be written as JSON");
        }
    }

    @Override
    public T decode(byte[] bytes) {
        try {
            T value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw new CodecException("JSON null");
            }
            return value;
        } catch (JacksonException e) {
            throw new CodecException("no JSON of " + type.toCanonical());
        }
    }

    @Override
    public long maxBytes(OptionalLong length) {
        return length.orElse(DEFAULT_LENGTH) * MAX_BYTES_PER_CHAR;
    }

    @Override
    public boolean isMutable() {
        return true;
    }

    @Override
    public T copy(T value) {
        return decode(encode(value));
    }

    /** Equal values, or equal JSON: a record with an array in it never equals its copy. */
    @Override
    public boolean isSame(T one, T another) {
        return one.equals(another) || Arrays.equals(encode(one), encode(another));
    }
}
