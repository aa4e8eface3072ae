package io.reseal.internal.hibernate;

import io.reseal.ResealConfigurationException;
import io.reseal.UnsupportedQueryException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.query.sqm.internal.SqmQueryImpl;
import org.hibernate.query.sqm.spi.NamedSqmQueryMemento;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** Translates every named query at boot, so that one that will be refused stops the boot and not a request. */
final class NamedQueryGuard {

    private final List<String> problems = new ArrayList<>();
    private final SessionFactoryImplementor factory;

    private NamedQueryGuard(SessionFactoryImplementor factory) {
        this.factory = factory;
    }

    /** @throws ResealConfigurationException naming each query that would be refused */
    static void check(SessionFactoryImplementor factory) {
        NamedQueryGuard guard = new NamedQueryGuard(factory);
        List<NamedSqmQueryMemento<?>> queries = new ArrayList<>();
        factory.getQueryEngine().getNamedObjectRepository().visitSqmQueryMementos(queries::add);
        if (!queries.isEmpty()) {
            guard.check(queries);
        }
        if (!guard.problems.isEmpty()) {
            throw new ResealConfigurationException(guard.problems);
        }
    }

    private void check(List<NamedSqmQueryMemento<?>> queries) {
        try (SessionImplementor session = factory.openTemporarySession()) {
            queries.forEach(query -> check(query, session));
        } catch (HibernateException e) {
            // Outside of a request there may be no tenant. The queries are judged anyway when they are translated
            return;
        }
    }

    private void check(NamedSqmQueryMemento<?> query, SessionImplementor session) {
        try {
            translate((SqmQueryImpl<?>) query.toQuery(session), session);
        } catch (UnsupportedQueryException e) {
            problems.add("Named query " + query.getRegistrationName() + ": " + e.getMessage());
        } catch (HibernateException e) {
            // What can't be translated can't do harm either; Hibernate reports it, if it is told to
            return;
        }
    }

    private void translate(SqmQueryImpl<?> query, SessionImplementor session) {
        if (query.getSqmStatement() instanceof SqmSelectStatement<?> select) {
            factory.getQueryEngine()
                    .getSqmTranslatorFactory()
                    .createSelectTranslator(
                            select,
                            query.getQueryOptions(),
                            query.getDomainParameterXref(),
                            query.getQueryParameterBindings(),
                            session.getLoadQueryInfluencers(),
                            factory.getSqlTranslationEngine(),
                            false)
                    .translate();
        } else if (query.getSqmStatement() instanceof SqmDmlStatement<?> change) {
            MultiTableGuard.check(change, query.getDomainParameterXref(), query);
        }
    }
}
