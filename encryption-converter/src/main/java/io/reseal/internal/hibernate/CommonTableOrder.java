package io.reseal.internal.hibernate;

import io.reseal.UnsupportedQueryException;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.sql.ast.tree.cte.CteColumn;
import org.hibernate.sql.ast.tree.cte.CteStatement;
import org.hibernate.sql.ast.tree.cte.SearchClauseSpecification;

/** The {@code search} and {@code cycle} clauses of a common table expression: they order and compare columns by name. */
final class CommonTableOrder {

    private CommonTableOrder() {}

    static void check(CteStatement table) {
        Stream.concat(searched(table), cycled(table))
                .filter(column -> SealedColumns.isSealed(column.getJdbcMapping()))
                .findFirst()
                .ifPresent(CommonTableOrder::refuse);
    }

    private static Stream<CteColumn> searched(CteStatement table) {
        List<SearchClauseSpecification> columns = table.getSearchBySpecifications();
        return columns == null ? Stream.empty() : columns.stream().map(SearchClauseSpecification::getCteColumn);
    }

    private static Stream<CteColumn> cycled(CteStatement table) {
        List<CteColumn> columns = table.getCycleColumns();
        return columns == null ? Stream.empty() : columns.stream();
    }

    private static void refuse(CteColumn column) {
        SealedAttribute attribute = ((EncryptedBasicType<?>) column.getJdbcMapping()).attribute();
        throw new UnsupportedQueryException("Query refused: " + attribute.qualifiedPath() + " (column "
                + attribute.table() + "." + attribute.column()
                + ") is encrypted, and the query uses it in the search or"
                + " cycle clause of a common table expression, where the database sees only sealed values. "
                + QueryRefusal.LOAD_INSTEAD + ".");
    }
}
