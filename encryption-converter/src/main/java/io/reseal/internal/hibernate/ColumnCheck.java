package io.reseal.internal.hibernate;

import io.reseal.ResealConfigurationException;
import io.reseal.StorageForm;
import io.reseal.database.DatabaseProduct;
import io.reseal.database.SealedColumn;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares the columns of the real tables with what sealed values need. A table that does not exist yet passes. */
final class ColumnCheck {

    /** What a driver reports for a type without a width, such as bytea. */
    private static final long UNLIMITED = Integer.MAX_VALUE;

    private final DatabaseMetaData dictionary;
    private final DatabaseProduct product;
    private final @Nullable String catalog;
    private final @Nullable String ownSchema;

    ColumnCheck(Connection connection) throws SQLException {
        dictionary = connection.getMetaData();
        product = DatabaseProduct.named(dictionary.getDatabaseProductName());
        catalog = connection.getCatalog();
        ownSchema = connection.getSchema();
    }

    /** @throws ResealConfigurationException naming every column that is too short or of the wrong kind */
    void refuseUnfit(List<MappedColumn> columns) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (MappedColumn column : columns) {
            find(column.column()).flatMap(real -> problem(column, real)).ifPresent(problems::add);
        }
        if (!problems.isEmpty()) {
            throw new ResealConfigurationException(problems);
        }
    }

    private Optional<String> problem(MappedColumn mapped, RealColumn real) {
        StorageForm form = mapped.column().form();
        String where = "The column " + mapped.column().table() + "."
                + mapped.column().column() + " (" + mapped.attribute().qualifiedPath() + ") ";
        String needed = needed(form, mapped.width());
        if (!types(form).contains(real.type().toLowerCase(Locale.ROOT))) {
            return Optional.of(where + "is of type " + real.type() + ", and sealed values of form " + form
                    + " need the type " + needed + ". Change the column's type, or @Encrypted(form)");
        }
        return real.width() >= Math.min(mapped.width(), UNLIMITED)
                ? Optional.empty()
                : Optional.of(where + "is " + real.width() + " wide, and sealed values need " + mapped.width()
                        + ". Widen the column to " + needed + ", or declare a shorter plaintext with @Column(length)");
    }

    private Set<String> types(StorageForm form) {
        return switch (product) {
            case POSTGRESQL -> form == StorageForm.BINARY ? Set.of("bytea") : Set.of("varchar", "text");
            case H2 -> form == StorageForm.BINARY ? Set.of("binary varying") : Set.of("character varying");
            case MARIADB ->
                form == StorageForm.BINARY
                        ? Set.of("varbinary", "tinyblob", "blob", "mediumblob", "longblob")
                        : Set.of("varchar", "tinytext", "text", "mediumtext", "longtext");
        };
    }

    private String needed(StorageForm form, long width) {
        return switch (product) {
            case POSTGRESQL -> form == StorageForm.BINARY ? "bytea" : "varchar(" + width + ") or text";
            case H2 -> (form == StorageForm.BINARY ? "varbinary(" : "varchar(") + width + ")";
            case MARIADB ->
                form == StorageForm.BINARY
                        ? "varbinary(" + width + ") or longblob"
                        : "varchar(" + width + ") or longtext";
        };
    }

    /** The metadata's arguments are patterns, in which an underscore stands for any character. */
    private Optional<RealColumn> find(SealedColumn column) throws SQLException {
        try (ResultSet rows = columns(column)) {
            return rows.next()
                    ? Optional.of(new RealColumn(rows.getString("TYPE_NAME"), rows.getLong("COLUMN_SIZE")))
                    : Optional.empty();
        }
    }

    /** MariaDB calls its schemas catalogs. */
    private ResultSet columns(SealedColumn column) throws SQLException {
        String table = pattern(column.table());
        return product == DatabaseProduct.MARIADB
                ? dictionary.getColumns(column.schema().orElse(catalog), null, table, pattern(column.column()))
                : dictionary.getColumns(
                        catalog, pattern(column.schema().orElse(ownSchema)), table, pattern(column.column()));
    }

    private @Nullable String pattern(@Nullable String name) throws SQLException {
        String escape = dictionary.getSearchStringEscape();
        return name == null
                ? null
                : name.replace(escape, escape + escape)
                        .replace("_", escape + "_")
                        .replace("%", escape + "%");
    }

    private record RealColumn(String type, long width) {}
}
