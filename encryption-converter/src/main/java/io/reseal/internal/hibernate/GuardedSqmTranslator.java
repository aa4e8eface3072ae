package io.reseal.internal.hibernate;

import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.SqmTranslation;
import org.hibernate.query.sqm.sql.internal.StandardSqmTranslator;
import org.hibernate.query.sqm.tree.SqmStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.Statement;

/**
 * Hibernate's translator, with {@link QueryGuard} at its exit. Its superclass changes between Hibernate versions: nothing else
 * belongs in here.
 */
final class GuardedSqmTranslator<T extends Statement> extends StandardSqmTranslator<T> {

    GuardedSqmTranslator(
            SqmStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context,
            boolean deduplicateSelectionItems) {
        super(statement, options, parameters, bindings, influencers, context, deduplicateSelectionItems);
    }

    @Override
    public SqmTranslation<T> translate() {
        SqmTranslation<T> translation = super.translate();
        QueryGuard.check(translation.getSqlAst(), getDialect());
        return translation;
    }
}
