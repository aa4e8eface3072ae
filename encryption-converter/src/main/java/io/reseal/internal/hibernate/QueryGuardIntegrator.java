package io.reseal.internal.hibernate;

import io.reseal.ResealConfigurationException;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;

/**
 * Makes sure that the query guard stands where {@link QueryGuardContributor} put it, whatever else contributes to the session
 * factory, and judges the named queries; a session factory without encrypted attributes is left alone. Found through {@code
 * META-INF/services}.
 */
public final class QueryGuardIntegrator implements Integrator {

    @Override
    public void integrate(Metadata mapping, BootstrapContext boot, SessionFactoryImplementor sessionFactory) {
        if (!SealedPositions.in(mapping).isEmpty()) {
            sessionFactory.addObserver(new BootCheck());
        }
    }

    private static final class BootCheck implements SessionFactoryObserver {

        private static final long serialVersionUID = 1L;

        @Override
        public void sessionFactoryCreated(SessionFactory created) {
            SessionFactoryImplementor factory = (SessionFactoryImplementor) created;
            requireTranslator(factory);
            factory.getMappingMetamodel().forEachEntityDescriptor(BootCheck::requireStrategies);
            NamedQueryGuard.check(factory);
        }

        private static void requireTranslator(SessionFactoryImplementor factory) {
            Object translator = factory.getQueryEngine().getSqmTranslatorFactory();
            if (!(translator instanceof GuardedSqmTranslatorFactory)) {
                throw new ResealConfigurationException(
                        "Queries would be translated by "
                                + translator.getClass().getName()
                                + ", which lets the database compare sealed values and store values that are not sealed."
                                + " Remove the setting " + QuerySettings.SEMANTIC_QUERY_TRANSLATOR
                                + ", or keep the encrypted attributes in a persistence unit of their own",
                        null);
            }
        }

        private static void requireStrategies(EntityPersister entity) {
            Object mutation = entity.getSqmMultiTableMutationStrategy();
            Object insert = entity.getSqmMultiTableInsertStrategy();
            if ((mutation != null && !(mutation instanceof GuardedMutationStrategy))
                    || (insert != null && !(insert instanceof GuardedInsertStrategy))) {
                throw new ResealConfigurationException(
                        "Bulk statements on " + entity.getEntityName()
                                + " would bypass the query guard, and could store"
                                + " values that are not sealed. Remove what contributes its own service "
                                + SqmMultiTableMutationStrategyProvider.class.getName(),
                        null);
            }
        }
    }
}
