package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.QueryRefusal.BIND_INSTEAD;

import java.util.List;
import org.hibernate.metamodel.mapping.JdbcMappingContainer;
import org.hibernate.query.sqm.sql.internal.SqmParameterInterpretation;
import org.hibernate.sql.ast.spi.SqlSelection;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.JdbcParameter;
import org.hibernate.sql.ast.tree.expression.Literal;
import org.hibernate.sql.ast.tree.expression.SqlSelectionExpression;
import org.hibernate.sql.ast.tree.insert.Values;
import org.hibernate.sql.ast.tree.select.QueryPart;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.ast.tree.update.Assignment;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a statement writes. An encrypted attribute takes a parameter, which is sealed each time the statement runs, null,
 * or its own column; a column that isn't encrypted takes no sealed value.
 *
 * <p>A literal is refused too: Hibernate would seal it once and keep the sealed value in its plan cache, so that the statement
 * would go on writing under a key version that is long retired.
 */
final class AssignmentGuard {

    private final QueryGuard guard;

    AssignmentGuard(QueryGuard guard) {
        this.guard = guard;
    }

    void check(Assignment assignment) {
        check(assignment.getAssignable().getColumnReferences(), SealedColumns.parts(assignment.getAssignedValue()));
    }

    void check(List<ColumnReference> targets, Values values) {
        check(
                targets,
                values.getExpressions().stream()
                        .flatMap(value -> SealedColumns.parts(value).stream())
                        .toList());
    }

    void check(List<ColumnReference> targets, QueryPart source) {
        source.visitQuerySpecs(spec -> check(targets, selected(spec)));
    }

    private static List<Expression> selected(QuerySpec spec) {
        return spec.getSelectClause().getSqlSelections().stream()
                .map(SqlSelection::getExpression)
                .toList();
    }

    private void check(List<ColumnReference> targets, List<Expression> values) {
        for (int i = 0; i < targets.size(); i++) {
            check(targets.get(i), i < values.size() ? bare(values.get(i)) : null);
        }
        values.stream().skip(targets.size()).forEach(value -> value.accept(guard));
    }

    private void check(ColumnReference target, @Nullable Expression value) {
        EncryptedBasicType<?> type = SealedColumns.typeOf(target).orElse(null);
        if (type == null) {
            checkPlain(target, value);
        } else if (value == null || !isSealedAs(type, value)) {
            throw QueryRefusal.of(
                    type, target, "the query assigns " + (value == null ? "a subquery" : named(value)), BIND_INSTEAD);
        }
    }

    private void checkPlain(ColumnReference target, @Nullable Expression value) {
        if (value != null) {
            guard.in(
                    "a value for the column " + target.getColumnExpression()
                            + ", which is not encrypted or not the same one",
                    () -> value.accept(guard));
        }
    }

    private static boolean isSealedAs(EncryptedBasicType<?> type, Expression value) {
        if (value instanceof JdbcParameter parameter) {
            JdbcMappingContainer parameterType = parameter.getExpressionType();
            return parameterType != null && parameterType.getSingleJdbcMapping() == type;
        }
        return isNull(value)
                || SealedColumns.column(value)
                        .filter(column -> column.getJdbcMapping() == type)
                        .isPresent();
    }

    private static boolean isNull(Expression value) {
        return value instanceof Literal literal && literal.getLiteralValue() == null;
    }

    private static String named(Expression value) {
        if (value instanceof JdbcParameter) {
            return "a parameter that was bound with a type of its own";
        }
        if (value instanceof Literal) {
            return "a literal, which would be sealed only once, for all later runs of the query";
        }
        if (SealedColumns.sealedColumn(value).isPresent()) {
            return "the value of another encrypted attribute, which is bound to its own place";
        }
        return SealedColumns.column(value).isPresent()
                ? "the value of a column that is not encrypted"
                : "an expression that the database computes";
    }

    private static Expression bare(Expression value) {
        if (value instanceof SqmParameterInterpretation parameter) {
            return parameter.getResolvedExpression();
        }
        return value instanceof SqlSelectionExpression selected
                ? bare(selected.getSelection().getExpression())
                : value;
    }
}
