package io.reseal.internal.hibernate;

import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/**
 * Puts the query guard into Hibernate's two roads from a query to SQL. An application's own translator is left in place
 * here, and refused by {@link QueryGuardIntegrator} if the mapping has encrypted attributes. Found through {@code
 * META-INF/services}.
 */
public final class QueryGuardContributor implements ServiceContributor {

    @Override
    public void contribute(StandardServiceRegistryBuilder builder) {
        if (!builder.getSettings().containsKey(QuerySettings.SEMANTIC_QUERY_TRANSLATOR)) {
            builder.applySetting(QuerySettings.SEMANTIC_QUERY_TRANSLATOR, GuardedSqmTranslatorFactory.class.getName());
        }
        builder.addInitiator(new Initiator());
    }

    private record Initiator() implements StandardServiceInitiator<SqmMultiTableMutationStrategyProvider> {

        @Override
        public SqmMultiTableMutationStrategyProvider initiateService(
                Map<String, Object> settings, ServiceRegistryImplementor registry) {
            return new GuardedMutationStrategies();
        }

        @Override
        public Class<SqmMultiTableMutationStrategyProvider> getServiceInitiated() {
            return SqmMultiTableMutationStrategyProvider.class;
        }
    }
}
