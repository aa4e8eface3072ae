package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.MappedAttribute.Position;
import java.util.function.Function;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.mapping.BasicValue;
import org.hibernate.type.CustomType;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/** An encrypted attribute's type is Reseal's: another conversion would be dropped, or would take its place. */
final class TypeRules implements BootRule {

    private final TypeConfiguration types;

    TypeRules(Metadata metadata) {
        types = ((MetadataImplementor) metadata).getTypeConfiguration();
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        attribute.basic().ifPresent(basic -> {
            forbidConverter(attribute, basic, report);
            forbidExplicitType(attribute, basic, report);
            forbidExplicitJavaType(attribute, basic, report);
            forbidExplicitJdbcType(attribute, basic, report);
            forbidLob(attribute, basic, report);
            forbidAggregate(attribute, basic, report);
        });
    }

    private static void forbidConverter(MappedAttribute attribute, BasicValue basic, BootReport report) {
        var converter = basic.getJpaAttributeConverterDescriptor();
        if (converter != null) {
            report.add(
                    attribute,
                    "the converter " + converter.getAttributeConverterClass().getName()
                            + " applies to it (by @Convert or autoApply)",
                    "Remove the converter, or exempt the attribute with @Convert(disableConversion = true)");
        }
    }

    private static void forbidExplicitType(MappedAttribute attribute, BasicValue basic, BootReport report) {
        if (basic.getType() instanceof CustomType<?>) {
            report.add(attribute, "it has a @Type of its own", "Remove the @Type or @Encrypted");
        }
    }

    private void forbidExplicitJavaType(MappedAttribute attribute, BasicValue basic, BootReport report) {
        boolean isTargetClass = attribute.position() == Position.ELEMENT;
        if (!isTargetClass && isExplicit(basic.getExplicitJavaTypeAccess())) {
            report.add(attribute, "it has a @JavaType of its own", "Remove the @JavaType or @Encrypted");
        }
    }

    private void forbidExplicitJdbcType(MappedAttribute attribute, BasicValue basic, BootReport report) {
        if (isExplicit(basic.getExplicitJdbcTypeAccess())) {
            report.add(
                    attribute,
                    "it has a @JdbcType or @JdbcTypeCode of its own (for example JSON or SQLXML)",
                    "Remove it: the column holds sealed bytes or text. Choose which with @Encrypted(form)");
        }
    }

    private static void forbidLob(MappedAttribute attribute, BasicValue basic, BootReport report) {
        if (basic.isLob()) {
            report.add(
                    attribute,
                    "it is a @Lob, whose values may live outside of the row",
                    "Remove @Lob, and give the plaintext's length with @Column(length)");
        }
    }

    private static void forbidAggregate(MappedAttribute attribute, BasicValue basic, BootReport report) {
        if (basic.getAggregateColumn() != null) {
            report.add(
                    attribute,
                    "its embeddable is stored as one json, xml or struct value",
                    "Map the embeddable to columns, or encrypt the attribute that holds the embeddable's content");
        }
    }

    private boolean isExplicit(@Nullable Function<TypeConfiguration, ?> access) {
        return access != null && access.apply(types) != null;
    }
}
