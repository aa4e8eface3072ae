package io.reseal.internal.format;

import static io.reseal.internal.format.ValueCodecs.fixed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The types of java.time, exact to the nanosecond and independent of the default time zone. */
final class TimeCodecs {

    private static final int DATE = Long.BYTES;
    private static final int TIME = Long.BYTES;
    private static final int OFFSET = Integer.BYTES;
    private static final int SECONDS_AND_NANOS = Long.BYTES + Integer.BYTES;

    private TimeCodecs() {}

    static Stream<Map.Entry<Class<?>, ValueCodec<?>>> all() {
        return Stream.of(
                fixed(
                        Instant.class,
                        SECONDS_AND_NANOS,
                        (b, v) -> b.putLong(v.getEpochSecond()).putInt(v.getNano()),
                        b -> Instant.ofEpochSecond(b.getLong(), b.getInt())),
                fixed(
                        Duration.class,
                        SECONDS_AND_NANOS,
                        (b, v) -> b.putLong(v.getSeconds()).putInt(v.getNano()),
                        b -> Duration.ofSeconds(b.getLong(), b.getInt())),
                fixed(LocalDate.class, DATE, TimeCodecs::put, TimeCodecs::date),
                fixed(LocalTime.class, TIME, TimeCodecs::put, TimeCodecs::time),
                fixed(LocalDateTime.class, DATE + TIME, TimeCodecs::put, TimeCodecs::dateTime),
                fixed(
                        OffsetTime.class,
                        TIME + OFFSET,
                        (b, v) -> put(put(b, v.toLocalTime()), v.getOffset()),
                        b -> OffsetTime.of(time(b), offset(b))),
                fixed(
                        OffsetDateTime.class,
                        DATE + TIME + OFFSET,
                        (b, v) -> put(put(b, v.toLocalDateTime()), v.getOffset()),
                        b -> OffsetDateTime.of(dateTime(b), offset(b))),
                fixed(ZoneOffset.class, OFFSET, TimeCodecs::put, TimeCodecs::offset),
                fixed(Year.class, Integer.BYTES, (b, v) -> b.putInt(v.getValue()), b -> Year.of(b.getInt())),
                fixed(
                        YearMonth.class,
                        Integer.BYTES + 1,
                        (b, v) -> b.putInt(v.getYear()).put((byte) v.getMonthValue()),
                        b -> YearMonth.of(b.getInt(), b.get())),
                fixed(
                        MonthDay.class,
                        2,
                        (b, v) -> b.put((byte) v.getMonthValue()).put((byte) v.getDayOfMonth()),
                        b -> MonthDay.of(b.get(), b.get())),
                fixed(
                        Period.class,
                        3 * Integer.BYTES,
                        (b, v) -> b.putInt(v.getYears()).putInt(v.getMonths()).putInt(v.getDays()),
                        b -> Period.of(b.getInt(), b.getInt(), b.getInt())),
                Map.entry(ZonedDateTime.class, new Zoned()));
    }

    private static ByteBuffer put(ByteBuffer buffer, LocalDate date) {
        return buffer.putLong(date.toEpochDay());
    }

    private static LocalDate date(ByteBuffer buffer) {
        return LocalDate.ofEpochDay(buffer.getLong());
    }

    private static ByteBuffer put(ByteBuffer buffer, LocalTime time) {
        return buffer.putLong(time.toNanoOfDay());
    }

    private static LocalTime time(ByteBuffer buffer) {
        return LocalTime.ofNanoOfDay(buffer.getLong());
    }

    private static ByteBuffer put(ByteBuffer buffer, LocalDateTime dateTime) {
        return put(put(buffer, dateTime.toLocalDate()), dateTime.toLocalTime());
    }

    private static LocalDateTime dateTime(ByteBuffer buffer) {
        return LocalDateTime.of(date(buffer), time(buffer));
    }

    private static ByteBuffer put(ByteBuffer buffer, ZoneOffset offset) {
        return buffer.putInt(offset.getTotalSeconds());
    }

    private static ZoneOffset offset(ByteBuffer buffer) {
        return ZoneOffset.ofTotalSeconds(buffer.getInt());
    }

    /** Local date and time, offset, then the zone's id: the instant survives a change of the zone's rules. */
    private record Zoned() implements ValueCodec<ZonedDateTime> {

        private static final int FIXED = DATE + TIME + OFFSET;
        private static final int MAX_ZONE_ID = 64;

        @Override
        public byte[] encode(ZonedDateTime value) {
            byte[] zone = TextCodec.utf8(value.getZone().getId());
            ByteBuffer buffer = ByteBuffer.allocate(FIXED + zone.length);
            put(put(buffer, value.toLocalDateTime()), value.getOffset());
            return buffer.put(zone).array();
        }

        @Override
        public ZonedDateTime decode(byte[] bytes) {
            if (bytes.length <= FIXED) {
                throw new CodecException(bytes.length + " bytes are too few for a date with a zone");
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            try {
                LocalDateTime local = dateTime(buffer);
                ZoneOffset offset = offset(buffer);
                String zone = StandardCharsets.UTF_8.decode(buffer).toString();
                return ZonedDateTime.ofInstant(local, offset, ZoneId.of(zone));
            } catch (DateTimeException e) {
                throw new CodecException("no date with a zone that this Java runtime knows");
            }
        }

        @Override
        public long maxBytes(OptionalLong length) {
            return FIXED + MAX_ZONE_ID;
        }
    }
}
