package io.reseal.internal.hibernate;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.internal.MultiTableSqmMutationConverter;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.delete.SqmDeleteStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertSelectStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertValuesStatement;
import org.hibernate.query.sqm.tree.insert.SqmValues;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.hibernate.sql.ast.tree.expression.ColumnReference;

/**
 * Judges a bulk statement on an entity with several tables. Hibernate splits it into statements of its own and never asks the
 * translator factory; so the same conversion that it will run is run here first, part by part, and judged.
 */
final class MultiTableGuard {

    private final QueryGuard guard;
    private final EntityPersister entity;
    private final MultiTableSqmMutationConverter converter;

    private MultiTableGuard(
            SqmDmlStatement<?> statement, DomainParameterXref parameters, DomainQueryExecutionContext context) {
        SharedSessionContractImplementor session = context.getSession();
        SessionFactoryImplementor factory = session.getFactory();
        entity = factory.getMappingMetamodel()
                .getEntityDescriptor(statement.getTarget().getEntityName());
        converter = new MultiTableSqmMutationConverter(
                entity,
                statement,
                statement.getTarget(),
                parameters,
                context.getQueryOptions(),
                session.getLoadQueryInfluencers(),
                context.getQueryParameterBindings(),
                factory.getSqlTranslationEngine());
        guard = QueryGuard.forParts(converter.getDialect());
    }

    /** @throws io.reseal.UnsupportedQueryException if the statement isn't known to be right */
    static void check(
            SqmDmlStatement<?> statement, DomainParameterXref parameters, DomainQueryExecutionContext context) {
        new MultiTableGuard(statement, parameters, context).check(statement);
    }

    private void check(SqmDmlStatement<?> statement) {
        guard.visitCommonTables(converter.visitCteContainer(statement).getCteStatements());
        if (statement instanceof SqmUpdateStatement<?> update) {
            converter.visitSetClause(update.getSetClause()).forEach(guard::visitAssignment);
            guard.visitRestriction(converter.visitWhereClause(update.getWhereClause()));
        } else if (statement instanceof SqmDeleteStatement<?> delete) {
            guard.visitRestriction(converter.visitWhereClause(delete.getWhereClause()));
        } else if (statement instanceof SqmInsertStatement<?> insert) {
            checkInsert(insert);
        } else {
            throw new AssertionError("unknown kind of statement: " + statement.getClass());
        }
        guard.visitTableGroup(converter.getMutatingTableGroup());
    }

    private void checkInsert(SqmInsertStatement<?> insert) {
        List<ColumnReference> targets = new ArrayList<>();
        converter.visitInsertionTargetPaths(
                (path, columns) -> targets.addAll(columns), insert, entity, converter.getMutatingTableGroup());
        if (insert instanceof SqmInsertSelectStatement<?> select) {
            guard.visitInserted(targets, converter.visitQueryPart(select.getSelectQueryPart()));
        } else if (insert instanceof SqmInsertValuesStatement<?> values) {
            for (SqmValues row : values.getValuesList()) {
                guard.visitInserted(targets, converter.visitValues(row));
            }
        } else {
            throw new AssertionError("unknown kind of insert: " + insert.getClass());
        }
        guard.visitConflict(targets, converter.visitConflictClause(insert.getConflictClause()));
    }
}
