package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import java.time.Instant;
import java.util.stream.Stream;
import org.hibernate.annotations.JavaType;
import org.hibernate.annotations.JdbcType;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TimeZoneStorage;
import org.hibernate.annotations.TimeZoneStorageType;
import org.hibernate.annotations.Type;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.StringJavaType;
import org.hibernate.type.descriptor.jdbc.VarcharJdbcType;
import org.hibernate.usertype.UserTypeSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TypeRulesTest {

    static final class Upper implements AttributeConverter<String, String> {
        @Override
        public String convertToDatabaseColumn(String value) {
            return value;
        }

        @Override
        public String convertToEntityAttribute(String stored) {
            return stored;
        }
    }

    record Pin(String digits) {}

    @Converter(autoApply = true)
    static final class PinConverter implements AttributeConverter<Pin, String> {
        @Override
        public String convertToDatabaseColumn(Pin value) {
            return value.digits();
        }

        @Override
        public Pin convertToEntityAttribute(String stored) {
            return new Pin(stored);
        }
    }

    @Entity
    static class Converted {
        @Id
        long id;

        @Encrypted
        @Convert(converter = Upper.class)
        String token = "";
    }

    @Entity
    @Convert(attributeName = "token", converter = Upper.class)
    static class ConvertedByClass {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    static class AutoConverted {
        @Id
        long id;

        @Encrypted
        Pin token = new Pin("");
    }

    static final class TextType extends UserTypeSupport<String> {
        TextType() {
            super(String.class, SqlTypes.VARCHAR);
        }
    }

    @Entity
    static class Typed {
        @Id
        long id;

        @Encrypted
        @Type(TextType.class)
        String token = "";
    }

    @Entity
    static class JavaTyped {
        @Id
        long id;

        @Encrypted
        @JavaType(StringJavaType.class)
        String token = "";
    }

    @Entity
    static class JdbcTyped {
        @Id
        long id;

        @Encrypted
        @JdbcType(VarcharJdbcType.class)
        String token = "";
    }

    @Entity
    static class Json {
        @Id
        long id;

        @Encrypted
        @JdbcTypeCode(SqlTypes.JSON)
        String token = "";
    }

    @Entity
    static class Xml {
        @Id
        long id;

        @Encrypted
        @JdbcTypeCode(SqlTypes.SQLXML)
        String token = "";
    }

    @Entity
    static class Large {
        @Id
        long id;

        @Encrypted
        @Lob
        String token = "";
    }

    @ParameterizedTest
    @MethodSource("models")
    void refuses(Class<?> model, String cause, String remedy) {
        assertRefused(model).blames(model, "token", "token", cause, remedy).only(1);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(Converted.class, "the converter " + Upper.class.getName(), "Remove the converter"),
                Arguments.of(ConvertedByClass.class, "the converter " + Upper.class.getName(), "Remove the converter"),
                Arguments.of(Typed.class, "a @Type of its own", "Remove the @Type"),
                Arguments.of(JavaTyped.class, "a @JavaType", "Remove the @JavaType"),
                Arguments.of(JdbcTyped.class, "a @JdbcType", "@Encrypted(form)"),
                Arguments.of(Json.class, "@JdbcTypeCode", "@Encrypted(form)"),
                Arguments.of(Xml.class, "@JdbcTypeCode", "@Encrypted(form)"),
                Arguments.of(Large.class, "a @Lob", "@Column(length)"));
    }

    @Test
    void refusesConvertersThatApplyByThemselves() {
        assertRefused(AutoConverted.class, PinConverter.class)
                .blames(
                        AutoConverted.class,
                        "token",
                        "token",
                        "the converter " + PinConverter.class.getName(),
                        "disableConversion");
    }

    @Embeddable
    static class Details {
        @Encrypted
        String token = "";
    }

    @Entity
    static class Aggregate {
        @Id
        long id;

        @JdbcTypeCode(SqlTypes.JSON)
        Details details = new Details();
    }

    @Test
    void refusesAttributesOfAnEmbeddableThatIsOneValue() {
        assertRefused(Aggregate.class)
                .blames(Aggregate.class, "details.token", "token", "stored as one json", "Map the embeddable");
    }

    @Entity
    static class ZonedInTwoColumns {
        @Id
        long id;

        @Encrypted
        @TimeZoneStorage(TimeZoneStorageType.COLUMN)
        java.time.OffsetDateTime token = Instant.EPOCH.atOffset(java.time.ZoneOffset.UTC);
    }

    @Test
    void refusesATimeZoneInAColumnOfItsOwn() {
        assertRefused(ZonedInTwoColumns.class);
    }
}
