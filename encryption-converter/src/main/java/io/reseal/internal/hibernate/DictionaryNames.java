package io.reseal.internal.hibernate;

import java.util.Optional;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.engine.jdbc.env.spi.IdentifierHelper;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** How the database's own dictionary spells the names of a mapping. */
final class DictionaryNames {

    private final IdentifierHelper identifiers;
    private final SqlStringGenerationContext defaults;
    private final boolean hasSchemas;

    DictionaryNames(SessionFactoryImplementor sessionFactory) {
        JdbcEnvironment database = sessionFactory.getJdbcServices().getJdbcEnvironment();
        identifiers = database.getIdentifierHelper();
        hasSchemas = database.getNameQualifierSupport().supportsSchemas();
        defaults = sessionFactory.getSqlStringGenerationContext();
    }

    /** The schema that the mapping or the settings name, or the catalog where that is all there is; empty for the connection's own. */
    Optional<String> schema(Table table) {
        @Nullable
        Identifier schema = hasSchemas
                ? defaults.schemaWithDefault(table.getSchemaIdentifier())
                : defaults.catalogWithDefault(table.getCatalogIdentifier());
        return Optional.ofNullable(schema).map(identifiers::toMetaDataObjectName);
    }

    String table(Table table) {
        return identifiers.toMetaDataObjectName(table.getNameIdentifier());
    }

    String column(Column column) {
        return identifiers.toMetaDataObjectName(identifiers.toIdentifier(column.getName(), column.isQuoted()));
    }
}
