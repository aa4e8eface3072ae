package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.QueryRefusal.LOAD_INSTEAD;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.sql.ast.spi.SqlSelection;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.Literal;
import org.hibernate.sql.ast.tree.select.QueryGroup;
import org.hibernate.sql.ast.tree.select.QuerySpec;

/**
 * The columns that {@code union}, {@code intersect} and {@code except} put on top of each other. Hibernate reads them all by
 * the type of the first, so an encrypted attribute may only meet itself or null.
 */
final class UnitedColumns {

    private UnitedColumns() {}

    static void check(QueryGroup group) {
        List<QuerySpec> specs = new ArrayList<>();
        group.visitQuerySpecs(specs::add);
        for (QuerySpec spec : specs) {
            List<SqlSelection> selections = spec.getSelectClause().getSqlSelections();
            for (int i = 0; i < selections.size(); i++) {
                check(selections.get(i).getExpression(), i, specs);
            }
        }
    }

    private static void check(Expression selected, int position, List<QuerySpec> specs) {
        Optional<ColumnReference> sealed = SealedColumns.sealedColumn(selected);
        if (sealed.isPresent()) {
            for (QuerySpec other : specs) {
                check(sealed.get(), at(position, other));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // each attribute has one type object
    private static void check(ColumnReference sealed, Optional<Expression> other) {
        boolean same = other.flatMap(SealedColumns::column)
                .filter(column -> column.getJdbcMapping() == sealed.getJdbcMapping())
                .isPresent();
        boolean absent = other.filter(value -> value instanceof Literal literal && literal.getLiteralValue() == null)
                .isPresent();
        if (!same && !absent) {
            throw QueryRefusal.of(
                    sealed, "the query unites it with something that is not sealed the same way", LOAD_INSTEAD);
        }
    }

    private static Optional<Expression> at(int position, QuerySpec spec) {
        List<SqlSelection> selections = spec.getSelectClause().getSqlSelections();
        return position < selections.size()
                ? Optional.of(selections.get(position).getExpression())
                : Optional.empty();
    }
}
