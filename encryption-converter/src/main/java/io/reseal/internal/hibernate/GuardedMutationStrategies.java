package io.reseal.internal.hibernate;

import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.query.sqm.mutation.internal.SqmMultiTableMutationStrategyProviderStandard;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;

/**
 * Puts {@link MultiTableGuard} before the strategy that the dialect or the application chose for bulk statements on several
 * tables.
 */
final class GuardedMutationStrategies implements SqmMultiTableMutationStrategyProvider {

    private static final long serialVersionUID = 1L;

    private final transient SqmMultiTableMutationStrategyProvider chosen =
            new SqmMultiTableMutationStrategyProviderStandard();

    @Override
    public SqmMultiTableMutationStrategy createMutationStrategy(
            EntityMappingType rootEntity, MappingModelCreationProcess process) {
        return new GuardedMutationStrategy(chosen.createMutationStrategy(rootEntity, process));
    }

    @Override
    public SqmMultiTableInsertStrategy createInsertStrategy(
            EntityMappingType rootEntity, MappingModelCreationProcess process) {
        return new GuardedInsertStrategy(chosen.createInsertStrategy(rootEntity, process));
    }
}
