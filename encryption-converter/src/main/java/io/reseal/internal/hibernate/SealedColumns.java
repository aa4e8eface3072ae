package io.reseal.internal.hibernate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.query.sqm.sql.internal.BasicValuedPathInterpretation;
import org.hibernate.sql.ast.tree.SqlAstNode;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.NestedColumnReference;
import org.hibernate.sql.ast.tree.expression.SqlSelectionExpression;
import org.hibernate.sql.ast.tree.expression.SqlTuple;
import org.hibernate.sql.ast.tree.expression.SqlTupleContainer;

/** Recognises the columns of encrypted attributes among the expressions of a statement. */
final class SealedColumns {

    private SealedColumns() {}

    static boolean isSealed(JdbcMapping type) {
        return type instanceof EncryptedBasicType<?>;
    }

    /** The type of an encrypted attribute's column. */
    static Optional<EncryptedBasicType<?>> typeOf(ColumnReference column) {
        return column.getJdbcMapping() instanceof EncryptedBasicType<?> type ? Optional.of(type) : Optional.empty();
    }

    /** The column, if the expression is a column and nothing but a column. */
    static Optional<ColumnReference> column(SqlAstNode node) {
        if (node instanceof NestedColumnReference) {
            return Optional.empty();
        }
        if (node instanceof ColumnReference column) {
            return Optional.of(column);
        }
        if (node instanceof BasicValuedPathInterpretation<?> path) {
            return column(path.getSqlExpression());
        }
        if (node instanceof SqlSelectionExpression selected) {
            return column(selected.getSelection().getExpression());
        }
        return Optional.empty();
    }

    /** The same, if it is the column of an encrypted attribute. */
    static Optional<ColumnReference> sealedColumn(SqlAstNode node) {
        return column(node).filter(column -> isSealed(column.getJdbcMapping()));
    }

    /** The parts of a tuple, however deep, or the expression itself. */
    static List<Expression> parts(Expression expression) {
        SqlTuple tuple = expression instanceof SqlTupleContainer container ? container.getSqlTuple() : null;
        if (tuple == null) {
            return List.of(expression);
        }
        List<Expression> parts = new ArrayList<>();
        tuple.getExpressions().forEach(part -> parts.addAll(parts(part)));
        return parts;
    }
}
