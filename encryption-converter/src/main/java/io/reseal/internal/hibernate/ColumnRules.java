package io.reseal.internal.hibernate;

import io.reseal.StorageForm;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.hibernate.cfg.ValidationSettings;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;

/** Only the application may write an encrypted column, through one attribute, and the column has to hold any bytes. */
final class ColumnRules implements BootRule {

    private static final Pattern DEFAULT = Pattern.compile("\\bdefault\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern FIRST_WORDS = Pattern.compile("^\\s*(\\w+(?:\\s+varying)?)", Pattern.CASE_INSENSITIVE);
    private static final Set<String> BINARY_TYPES =
            Set.of("varbinary", "bytea", "binary varying", "longvarbinary", "raw");
    private static final Set<String> TEXT_TYPES =
            Set.of("varchar", "text", "character varying", "char varying", "varchar2", "nvarchar", "longvarchar");

    private final CompleteMapping mapping;

    ColumnRules(CompleteMapping mapping) {
        this.mapping = mapping;
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        forbidSharedColumn(attribute, report);
        forbidGeneratedValue(attribute, report);
        for (Column column : attribute.columns()) {
            forbidReservedColumn(attribute, column, report);
            forbidTransformer(attribute, column, report);
            forbidCheck(attribute, column, report);
            forbidGeneratedColumn(attribute, column, report);
            forbidDefault(attribute, column, report);
            forbidOtherColumnType(attribute, column, report);
        }
    }

    private void forbidSharedColumn(MappedAttribute attribute, BootReport report) {
        mapping.sharing(attribute)
                .filter(other -> !sealsAlike(attribute, other))
                .forEach(other -> report.add(
                        attribute,
                        "its column is also mapped by " + other.qualifiedPath()
                                + ", which does not encrypt it the same way",
                        "Map the column once, or give both attributes the same type and the same @Encrypted"));
    }

    private static boolean sealsAlike(MappedAttribute attribute, MappedAttribute other) {
        return attribute
                .encryption()
                .flatMap(mine -> other.encryption().map(its -> isAlike(mine, its)))
                .orElse(false);
    }

    private static boolean isAlike(EncryptedBasicType<?> mine, EncryptedBasicType<?> its) {
        return mine.attribute().context().equals(its.attribute().context())
                && mine.attribute().keyType().equals(its.attribute().keyType())
                && mine.attribute().form() == its.attribute().form()
                && Objects.equals(mine.getJavaType(), its.getJavaType());
    }

    private static void forbidReservedColumn(MappedAttribute attribute, Column column, BootReport report) {
        RootClass root = attribute.entity().getRootClass();
        String remedy = "Map the column once";
        if (root.getDiscriminator() != null
                && root.getDiscriminator().getSelectables().contains(column)) {
            report.add(attribute, "its column is also the discriminator of " + root.getEntityName(), remedy);
        }
        if (column.equals(root.getSoftDeleteColumn())) {
            report.add(attribute, "its column is also the soft-delete indicator of " + root.getEntityName(), remedy);
        }
    }

    private static void forbidGeneratedValue(MappedAttribute attribute, BootReport report) {
        Property property = attribute.property();
        if (property.getValueGeneratorCreator() != null && !GeneratedInMemory.isCertain(attribute)) {
            report.add(
                    attribute,
                    "its value is generated, and the database would write it as plaintext",
                    "Generate the value in Java, for example in a @PrePersist method");
        }
    }

    private static void forbidTransformer(MappedAttribute attribute, Column column, BootReport report) {
        if (column.getCustomRead() != null || column.getCustomWrite() != null) {
            report.add(
                    attribute,
                    "a @ColumnTransformer changes what is stored in or read from its column",
                    "Remove it, or transform the value in Java");
        }
    }

    private static void forbidCheck(MappedAttribute attribute, Column column, BootReport report) {
        if (column.hasCheckConstraint()) {
            report.add(
                    attribute,
                    "its column has a check constraint, which would be checked against ciphertext",
                    "Remove it, and validate the value in Java. If Bean Validation made it from @Min or @Max, set "
                            + ValidationSettings.JAKARTA_VALIDATION_MODE + "=callback, which still validates");
        }
    }

    private static void forbidGeneratedColumn(MappedAttribute attribute, Column column, BootReport report) {
        if (column.getGeneratedAs() != null) {
            report.add(
                    attribute,
                    "its column is generated by the database, as plaintext",
                    "Compute the value in Java, or remove @Encrypted");
        }
    }

    private static void forbidDefault(MappedAttribute attribute, Column column, BootReport report) {
        String definition = Objects.requireNonNullElse(column.getSqlType(), "");
        if (column.getDefaultValue() != null || DEFAULT.matcher(definition).find()) {
            report.add(
                    attribute,
                    "its column has a default value, which the database would write as plaintext",
                    "Remove the default, and initialize the attribute in Java");
        }
    }

    private static void forbidOtherColumnType(MappedAttribute attribute, Column column, BootReport report) {
        Optional<StorageForm> form =
                attribute.encryption().map(type -> type.attribute().form());
        if (form.isPresent() && column.getSqlType() != null && !holds(form.get(), column.getSqlType())) {
            report.add(
                    attribute,
                    "its columnDefinition '" + column.getSqlType() + "' can't hold the form " + form.get(),
                    "Remove the columnDefinition, or use "
                            + (form.get() == StorageForm.TEXT ? "varchar" : "varbinary (on PostgreSQL bytea)"));
        }
    }

    private static boolean holds(StorageForm form, String definition) {
        var words = FIRST_WORDS.matcher(definition);
        return words.find()
                && (form == StorageForm.TEXT ? TEXT_TYPES : BINARY_TYPES)
                        .contains(words.group(1).toLowerCase(Locale.ROOT).replaceAll("\\s+", " "));
    }
}
