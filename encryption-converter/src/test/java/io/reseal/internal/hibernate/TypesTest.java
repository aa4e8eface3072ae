package io.reseal.internal.hibernate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.Encrypted;
import io.reseal.SealingRefusedException;
import io.reseal.StorageForm;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypesTest {

    private static final LocalDateTime NANO = LocalDateTime.of(2026, 10, 25, 2, 30, 59, 123_456_789);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    enum Level {
        LOW,
        HIGH {
            @Override
            public String toString() {
                return "never this";
            }
        }
    }

    record Line(BigDecimal amount, Level level, ZonedDateTime at) {}

    @SuppressWarnings("ArrayRecordComponent") // a type that applications may have
    record Order(UUID id, List<Line> lines, Map<String, Integer> counts, byte[] picture) {}

    @Entity(name = "Everything")
    static class Everything {
        @Id
        int id = 1;

        @Encrypted
        @Nullable
        String text = "Ünïcödé 🔐 \u0000";

        @Encrypted(form = StorageForm.TEXT)
        String empty = "";

        @Encrypted
        char[] chars = {'p', 'ş'};

        @Encrypted
        byte[] bytes = {0, -1, 2};

        @Encrypted
        boolean flag = true;

        @Encrypted
        byte small = -3;

        @Encrypted
        short medium = -300;

        @Encrypted
        int number = Integer.MIN_VALUE;

        @Encrypted
        long large = Long.MIN_VALUE;

        @Encrypted
        float single = Float.MIN_VALUE;

        @Encrypted
        double twice = -0.0;

        @Encrypted
        char letter = 'ğ';

        @Encrypted
        Boolean flagBoxed = false;

        @Encrypted
        Byte smallBoxed = 1;

        @Encrypted
        Short mediumBoxed = 2;

        @Encrypted
        Integer numberBoxed = 3;

        @Encrypted(form = StorageForm.TEXT)
        Long largeBoxed = 4L;

        @Encrypted
        Float singleBoxed = Float.NaN;

        @Encrypted
        Double twiceBoxed = 1e308;

        @Encrypted
        Character letterBoxed = 'x';

        @Encrypted
        @Column(precision = 5, scale = 2)
        BigDecimal decimal = new BigDecimal("-12345678901234567890.1200");

        @Encrypted
        BigInteger integer = BigInteger.TEN.pow(40).negate();

        @Encrypted
        @Enumerated(EnumType.ORDINAL)
        Level level = Level.HIGH;

        @Encrypted
        UUID uuid = new UUID(-1, 7);

        @Encrypted
        Instant instant = Instant.parse("-1000000-01-01T00:00:00.000000001Z");

        @Encrypted
        LocalDate date = LocalDate.MIN;

        @Encrypted
        LocalTime time = LocalTime.MAX;

        @Encrypted
        LocalDateTime dateTime = NANO;

        @Encrypted
        OffsetTime offsetTime = OffsetTime.of(NANO.toLocalTime(), ZoneOffset.ofHoursMinutesSeconds(-3, -7, -2));

        @Encrypted
        OffsetDateTime offsetDateTime = NANO.atOffset(ZoneOffset.ofHours(14));

        @Encrypted
        ZonedDateTime zoned = ZonedDateTime.ofLocal(NANO, BERLIN, ZoneOffset.ofHours(1));

        @Encrypted
        Year year = Year.of(-12_345);

        @Encrypted
        YearMonth yearMonth = YearMonth.of(12_345, 6);

        @Encrypted
        MonthDay monthDay = MonthDay.of(2, 29);

        @Encrypted
        Month month = Month.FEBRUARY;

        @Encrypted
        Duration duration = Duration.ofSeconds(Long.MIN_VALUE, 1);

        @Encrypted
        Period period = Period.of(1, -14, 400);

        @Encrypted
        ZoneId zone = BERLIN;

        @Encrypted
        ZoneOffset offset = ZoneOffset.ofHours(-7);

        @Encrypted
        @Nullable
        List<UUID> uuids = new ArrayList<>(List.of(new UUID(1, 2)));

        @Encrypted
        @Column(length = 1000)
        List<String> texts = new ArrayList<>(List.of("a", "ö"));

        @Encrypted(form = StorageForm.TEXT)
        @Nullable
        Order ordered = new Order(
                new UUID(3, 4),
                List.of(new Line(
                        new BigDecimal("1.00"),
                        Level.HIGH,
                        ZonedDateTime.ofLocal(NANO, BERLIN, ZoneOffset.ofHours(1)))),
                Map.of("b", 2, "a", 1),
                new byte[] {1});
    }

    @EachDatabase
    void everyTypeReturnsAsItWasAndIsNotWrittenAgain(Databases databases) throws ReflectiveOperationException {
        try (TestFactory factory = TestFactory.boot(settings(databases), Everything.class)) {
            factory.inTransaction(session -> session.persist(new Everything()));
            Everything read = factory.fromTransaction(session -> session.find(Everything.class, 1));
            for (Field field : Everything.class.getDeclaredFields()) {
                assertThat(field.get(read))
                        .as(field.getName())
                        .usingRecursiveComparison()
                        .withEqualsForType(Float::equals, Float.class)
                        .isEqualTo(field.get(new Everything()));
            }
            Statistics statistics = statistics(factory.sessionFactory());
            factory.inTransaction(session -> {
                Everything found = session.find(Everything.class, 1);
                found.text = new Everything().text;
                found.bytes = new Everything().bytes;
                found.chars = new Everything().chars;
                found.ordered = new Everything().ordered;
                found.uuids = new ArrayList<>(found.uuids);
            });
            assertThat(statistics.getEntityUpdateCount()).isZero();
        }
    }

    @Test
    void changesInPlaceAreWritten() {
        try (TestFactory factory = TestFactory.boot(settings(Databases.H2), Everything.class)) {
            factory.inTransaction(session -> session.persist(new Everything()));
            factory.inTransaction(session -> {
                Everything found = session.find(Everything.class, 1);
                requireNonNull(found.uuids).add(new UUID(9, 9));
                found.bytes[0] = 77;
                found.chars[0] = 'q';
                requireNonNull(found.ordered).picture()[0] = 78;
                found.decimal = found.decimal.stripTrailingZeros();
            });
            Everything read = factory.fromTransaction(session -> session.find(Everything.class, 1));
            assertThat(read.uuids).containsExactly(new UUID(1, 2), new UUID(9, 9));
            assertThat(read.bytes[0]).isEqualTo((byte) 77);
            assertThat(read.chars[0]).isEqualTo('q');
            assertThat(requireNonNull(read.ordered).picture()[0]).isEqualTo((byte) 78);
            assertThat(read.decimal.scale()).isEqualTo(2);
        }
    }

    @Test
    void nullStaysNull() {
        try (TestFactory factory = TestFactory.boot(settings(Databases.H2), Everything.class)) {
            factory.inTransaction(session -> {
                Everything everything = new Everything();
                everything.text = null;
                everything.ordered = null;
                everything.uuids = null;
                session.persist(everything);
            });
            assertThat(factory.rows("select \"text\" from \"Everything\"")).containsExactly((Object) null);
            Everything read = factory.fromTransaction(session -> session.find(Everything.class, 1));
            assertThat(read.text).isNull();
            assertThat(read.ordered).isNull();
            assertThat(read.uuids).isNull();
        }
    }

    @Test
    void refusesHalfASurrogatePairInsteadOfReplacingIt() {
        try (TestFactory factory = TestFactory.boot(settings(Databases.H2), Everything.class)) {
            assertThatThrownBy(() -> factory.inTransaction(session -> {
                        Everything everything = new Everything();
                        everything.text = "secret\uD83D";
                        session.persist(everything);
                    }))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("Everything.text")
                    .hasMessageContaining("surrogate")
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> factory.inTransaction(session -> {
                        Everything everything = new Everything();
                        everything.texts = List.of("secret\uD83D");
                        session.persist(everything);
                    }))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("Everything.texts");
        }
    }

    /** The attributes are named after their types, and several of those names are keywords. */
    private static Map<String, Object> settings(Databases databases) {
        Map<String, Object> settings = TestFactory.settings(databases);
        settings.put("hibernate.globally_quoted_identifiers", true);
        settings.put("hibernate.generate_statistics", true);
        return settings;
    }

    private static Statistics statistics(SessionFactory sessionFactory) {
        Statistics statistics = sessionFactory.getStatistics();
        statistics.clear();
        return statistics;
    }
}
