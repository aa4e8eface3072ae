package io.reseal.internal.hibernate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.metamodel.mapping.EntityValuedModelPart;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableReference;
import org.hibernate.sql.ast.tree.from.TableReferenceJoin;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code group by} groups by. Hibernate expands an entity to all its columns there; beside the entity's key the
 * encrypted ones no longer split or join any group.
 */
final class GroupedRows {

    private final QuerySpec spec;
    private final List<Expression> grouped = new ArrayList<>();
    private final Set<String> columns = new HashSet<>();

    private GroupedRows(QuerySpec spec) {
        this.spec = spec;
        for (Expression expression : spec.getGroupByClauseExpressions()) {
            grouped.addAll(SealedColumns.parts(expression));
        }
        grouped.forEach(
                part -> SealedColumns.column(part).ifPresent(column -> columns.add(column.getExpressionText())));
    }

    static GroupedRows of(QuerySpec spec) {
        return new GroupedRows(spec);
    }

    /** The parts that stand without the key of their row. */
    List<Expression> unidentified() {
        return grouped.stream()
                .filter(part -> SealedColumns.sealedColumn(part)
                        .filter(this::standsBesideItsKey)
                        .isEmpty())
                .toList();
    }

    private boolean standsBesideItsKey(ColumnReference column) {
        return Boolean.TRUE.equals(
                spec.getFromClause().queryTableGroups(group -> holds(group, column) ? groupsByKey(group) : null));
    }

    private static boolean holds(TableGroup group, ColumnReference column) {
        if (!(group.getModelPart() instanceof EntityValuedModelPart)) {
            return false;
        }
        return isAt(group.getPrimaryTableReference(), column)
                || group.getTableReferenceJoins().stream()
                        .map(TableReferenceJoin::getJoinedTableReference)
                        .anyMatch(table -> isAt(table, column));
    }

    private static boolean isAt(TableReference table, ColumnReference column) {
        return table.getIdentificationVariable() != null
                && table.getIdentificationVariable().equals(column.getQualifier());
    }

    private @Nullable Boolean groupsByKey(TableGroup group) {
        EntityValuedModelPart entity = (EntityValuedModelPart) group.getModelPart();
        List<String> key = new ArrayList<>();
        String alias = group.getPrimaryTableReference().getIdentificationVariable();
        entity.getEntityMappingType()
                .getIdentifierMapping()
                .forEachSelectable((i, part) -> key.add(alias + "." + part.getSelectionExpression()));
        return columns.containsAll(key);
    }
}
