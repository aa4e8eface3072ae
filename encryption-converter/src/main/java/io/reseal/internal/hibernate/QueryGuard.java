package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.QueryRefusal.LOAD_INSTEAD;

import io.reseal.UnsupportedQueryException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.query.sqm.SetOperator;
import org.hibernate.sql.ast.spi.AbstractSqlAstWalker;
import org.hibernate.sql.ast.spi.SqlSelection;
import org.hibernate.sql.ast.tree.SqlAstNode;
import org.hibernate.sql.ast.tree.Statement;
import org.hibernate.sql.ast.tree.cte.CteStatement;
import org.hibernate.sql.ast.tree.delete.DeleteStatement;
import org.hibernate.sql.ast.tree.expression.AggregateColumnWriteExpression;
import org.hibernate.sql.ast.tree.expression.AggregateFunctionExpression;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Distinct;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.FunctionExpression;
import org.hibernate.sql.ast.tree.expression.NestedColumnReference;
import org.hibernate.sql.ast.tree.expression.OrderedSetAggregateFunctionExpression;
import org.hibernate.sql.ast.tree.expression.Over;
import org.hibernate.sql.ast.tree.expression.SelfRenderingExpression;
import org.hibernate.sql.ast.tree.expression.SqlSelectionExpression;
import org.hibernate.sql.ast.tree.expression.WindowFunctionExpression;
import org.hibernate.sql.ast.tree.from.FunctionTableReference;
import org.hibernate.sql.ast.tree.from.QueryPartTableReference;
import org.hibernate.sql.ast.tree.insert.ConflictClause;
import org.hibernate.sql.ast.tree.insert.InsertSelectStatement;
import org.hibernate.sql.ast.tree.insert.Values;
import org.hibernate.sql.ast.tree.predicate.ExistsPredicate;
import org.hibernate.sql.ast.tree.predicate.NullnessPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.ast.tree.select.QueryGroup;
import org.hibernate.sql.ast.tree.select.QueryPart;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.ast.tree.select.SelectStatement;
import org.hibernate.sql.ast.tree.select.SortSpecification;
import org.hibernate.sql.ast.tree.update.Assignment;
import org.hibernate.sql.ast.tree.update.UpdateStatement;
import org.jspecify.annotations.Nullable;

/**
 * Walks a statement before it becomes SQL and refuses it if an encrypted column stands anywhere but where sealed values
 * are known to give the right result. Those places are listed here, everything else is refused: a function or an operator
 * that a later Hibernate brings is refused without being known.
 *
 * <p>Right are: the select clause itself, a test for null, {@code count} of the column, grouping by a whole entity, and the
 * assignments that {@link AssignmentGuard} allows. One guard judges one statement, on one thread.
 */
final class QueryGuard extends AbstractSqlAstWalker {

    private final Set<SqlAstNode> opened = Collections.newSetFromMap(new IdentityHashMap<>());
    private final AssignmentGuard assignments = new AssignmentGuard(this);
    private final Dialect dialect;
    private SelectUse use;
    private boolean rowsCompared;
    private String place = "an expression";

    private QueryGuard(SelectUse use, Dialect dialect) {
        this.use = use;
        this.dialect = dialect;
    }

    /** @throws UnsupportedQueryException if the statement isn't known to be right */
    static void check(Statement statement, Dialect dialect) {
        SelectUse use = statement instanceof SelectStatement select
                ? SelectUse.Result.of(select.getDomainResultDescriptors())
                : new SelectUse.Operand();
        statement.accept(new QueryGuard(use, dialect));
    }

    /** A guard for a statement that is there in parts only. */
    static QueryGuard forParts(Dialect dialect) {
        return new QueryGuard(new SelectUse.Operand(), dialect);
    }

    // Where a column arrives that no rule below has let pass

    @Override
    public void visitColumnReference(ColumnReference column) {
        if (SealedColumns.isSealed(column.getJdbcMapping())) {
            throw QueryRefusal.of(
                    column,
                    "the query uses it in " + place + ", where the database sees only sealed values",
                    LOAD_INSTEAD);
        }
    }

    @Override
    public void visitNestedColumnReference(NestedColumnReference column) {
        visitColumnReference(column);
        visitNode(column.getBaseExpression());
    }

    @Override
    public void visitAggregateColumnWriteExpression(AggregateColumnWriteExpression expression) {
        HiddenNodes.in(expression).forEach(this::visitNode);
    }

    // The rules that let a column pass

    @Override
    public void visitNullnessPredicate(NullnessPredicate predicate) {
        in("a test for null", () -> visitAllButColumns(predicate.getExpression()));
    }

    @Override
    public void visitSelfRenderingExpression(SelfRenderingExpression expression) {
        if (!(expression instanceof FunctionExpression function)) {
            in("an expression", () -> HiddenNodes.in(expression).forEach(this::visitNode));
        } else if (counts(function)) {
            in("the filter of an aggregate", () -> visitAggregateParts(function));
        } else {
            in("the function " + function.getFunctionName(), () -> {
                function.getArguments().forEach(this::visitNode);
                visitAggregateParts(function);
            });
        }
    }

    private static boolean counts(FunctionExpression function) {
        List<? extends SqlAstNode> arguments = function.getArguments();
        return function.getFunctionName().equals("count")
                && arguments.size() == 1
                && SealedColumns.sealedColumn(arguments.get(0)).isPresent();
    }

    private void visitAggregateParts(FunctionExpression function) {
        if (function instanceof AggregateFunctionExpression aggregate) {
            visitIfPresent(aggregate.getFilter());
        }
        if (function instanceof WindowFunctionExpression window) {
            visitIfPresent(window.getFilter());
        }
        if (function instanceof OrderedSetAggregateFunctionExpression ordered) {
            ordered.getWithinGroup().forEach(this::visitSortSpecification);
        }
    }

    private void visitAllButColumns(Expression expression) {
        for (Expression part : SealedColumns.parts(expression)) {
            if (SealedColumns.column(part).isEmpty()) {
                part.accept(this);
            }
        }
    }

    // Selecting

    @Override
    public void visitSelectStatement(SelectStatement statement) {
        visitCommonTables(statement.getCteStatements());
        statement.getQueryPart().accept(this);
    }

    @Override
    public void visitExistsPredicate(ExistsPredicate predicate) {
        selecting(new SelectUse.Existence(), () -> predicate.getExpression().accept(this));
    }

    @Override
    public void visitQueryPartTableReference(QueryPartTableReference table) {
        selecting(new SelectUse.Derived(), () -> table.getStatement().accept(this));
    }

    @Override
    public void visitQueryGroup(QueryGroup group) {
        UnitedColumns.check(group);
        boolean outer = rowsCompared;
        rowsCompared = outer || group.getSetOperator() != SetOperator.UNION_ALL;
        group.getQueryParts().forEach(part -> part.accept(this));
        rowsCompared = outer;
        visitOffsetFetchClause(group);
    }

    @Override
    public void visitQuerySpec(QuerySpec spec) {
        boolean compared = rowsCompared || spec.getSelectClause().isDistinct();
        spec.getSelectClause().getSqlSelections().forEach(selection -> visitSelected(selection, compared));
        visitAllButSelections(spec);
    }

    private void visitSelected(SqlSelection selection, boolean compared) {
        ColumnReference column =
                SealedColumns.sealedColumn(selection.getExpression()).orElse(null);
        if (column == null) {
            selecting(new SelectUse.Operand(), () -> selection.getExpression().accept(this));
        } else if (!use.allowsColumn()) {
            in("a subquery", () -> visitColumnReference(column));
        } else if (compared && !use.allowsComparedRow(selection)) {
            in("a comparison of rows (distinct, union, intersect or except)", () -> visitColumnReference(column));
        }
    }

    private void visitAllButSelections(QuerySpec spec) {
        selecting(new SelectUse.Operand(), () -> {
            spec.getFromClause().accept(this);
            in("a restriction", () -> visitIfPresent(spec.getWhereClauseRestrictions()));
            in("a group by", () -> GroupedRows.of(spec).unidentified().forEach(part -> part.accept(this)));
            in("a having clause", () -> visitIfPresent(spec.getHavingClauseRestrictions()));
            visitOffsetFetchClause(spec);
        });
    }

    void visitCommonTables(Map<String, CteStatement> tables) {
        for (CteStatement table : tables.values()) {
            CommonTableOrder.check(table);
            selecting(new SelectUse.Derived(), () -> table.getCteDefinition().accept(this));
        }
    }

    // Writing

    @Override
    public void visitUpdateStatement(UpdateStatement statement) {
        visitCommonTables(statement.getCteStatements());
        statement.getFromClause().accept(this);
        statement.getAssignments().forEach(this::visitAssignment);
        visitRestriction(statement.getRestriction());
    }

    @Override
    public void visitDeleteStatement(DeleteStatement statement) {
        visitCommonTables(statement.getCteStatements());
        statement.getFromClause().accept(this);
        visitRestriction(statement.getRestriction());
    }

    @Override
    public void visitInsertStatement(InsertSelectStatement statement) {
        visitCommonTables(statement.getCteStatements());
        if (statement.getSourceSelectStatement() != null) {
            visitInserted(statement.getTargetColumns(), statement.getSourceSelectStatement());
        } else {
            statement.getValuesList().forEach(values -> visitInserted(statement.getTargetColumns(), values));
        }
        visitConflict(statement.getTargetColumns(), statement.getConflictClause());
    }

    void visitInserted(List<ColumnReference> targets, QueryPart source) {
        assignments.check(targets, source);
        selecting(new SelectUse.Inserted(), () -> source.accept(this));
    }

    void visitInserted(List<ColumnReference> targets, Values values) {
        assignments.check(targets, values);
    }

    void visitConflict(List<ColumnReference> targets, @Nullable ConflictClause conflict) {
        if (conflict != null) {
            requireTypedConflict(targets);
            conflict.getAssignments().forEach(this::visitAssignment);
            visitRestriction(conflict.getPredicate());
        }
    }

    /** Elsewhere Hibernate writes a merge from values without types, and the database takes sealed bytes for text. */
    private void requireTypedConflict(List<ColumnReference> targets) {
        if (!(dialect instanceof PostgreSQLDialect)) {
            targets.stream()
                    .filter(target -> SealedColumns.isSealed(target.getJdbcMapping()))
                    .findFirst()
                    .ifPresent(QueryGuard::refuseUntypedConflict);
        }
    }

    private static void refuseUntypedConflict(ColumnReference target) {
        throw QueryRefusal.of(
                target,
                "this database would garble it in an insert with an on conflict clause",
                "Find the row first, then insert or update it");
    }

    void visitRestriction(@Nullable Predicate restriction) {
        in("a restriction", () -> visitIfPresent(restriction));
    }

    @Override
    public void visitAssignment(Assignment assignment) {
        assignments.check(assignment);
    }

    // Walking where the superclass doesn't, and naming the place

    @Override
    public void visitSqlSelectionExpression(SqlSelectionExpression expression) {
        expression.getSelection().getExpression().accept(this);
    }

    @Override
    public void visitSortSpecification(SortSpecification sort) {
        in("an order by", () -> super.visitSortSpecification(sort));
    }

    @Override
    public void visitDistinct(Distinct distinct) {
        in("a distinct", () -> super.visitDistinct(distinct));
    }

    @Override
    public void visitOver(Over<?> over) {
        in("a window", () -> super.visitOver(over));
    }

    @Override
    public void visitFunctionTableReference(FunctionTableReference table) {
        in(
                "the function " + table.getFunctionExpression().getFunctionName(),
                () -> table.getFunctionExpression().getArguments().forEach(this::visitNode));
    }

    void in(String newPlace, Runnable visit) {
        String outer = place;
        place = newPlace;
        visit.run();
        place = outer;
    }

    private void selecting(SelectUse newUse, Runnable visit) {
        SelectUse outer = use;
        boolean outerCompared = rowsCompared;
        use = newUse;
        rowsCompared = false;
        visit.run();
        use = outer;
        rowsCompared = outerCompared;
    }

    private void visitIfPresent(@Nullable SqlAstNode node) {
        if (node != null) {
            node.accept(this);
        }
    }

    private void visitNode(SqlAstNode node) {
        if (node instanceof Expression || node instanceof Predicate || node instanceof QueryPart) {
            node.accept(this);
        } else if (opened.add(node)) {
            HiddenNodes.in(node).forEach(this::visitNode);
        }
    }
}
