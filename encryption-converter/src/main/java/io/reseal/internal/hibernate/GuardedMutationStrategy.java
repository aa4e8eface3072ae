package io.reseal.internal.hibernate;

import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandlerBuildResult;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.query.sqm.tree.SqmDeleteOrUpdateStatement;

/** Bulk updates and deletes on several tables: judged, then left to the chosen strategy. */
record GuardedMutationStrategy(SqmMultiTableMutationStrategy chosen) implements SqmMultiTableMutationStrategy {

    @Override
    public void prepare(MappingModelCreationProcess process, JdbcConnectionAccess connections) {
        chosen.prepare(process, connections);
    }

    @Override
    public void prepare(MappingModelCreationProcess process) {
        chosen.prepare(process);
    }

    @Override
    public void release(SessionFactoryImplementor factory, JdbcConnectionAccess connections) {
        chosen.release(factory, connections);
    }

    @Override
    public MultiTableHandlerBuildResult buildHandler(
            SqmDeleteOrUpdateStatement<?> statement,
            DomainParameterXref parameters,
            DomainQueryExecutionContext context) {
        MultiTableGuard.check(statement, parameters, context);
        return chosen.buildHandler(statement, parameters, context);
    }
}
