package io.reseal.internal.hibernate;

import io.reseal.UnsupportedQueryException;
import org.hibernate.sql.ast.tree.expression.ColumnReference;

/** Words a refusal. Values and literals of the query never enter it. */
final class QueryRefusal {

    static final String LOAD_INSTEAD =
            "Find the rows by another attribute and work on the opened value in Java; search by an"
                    + " encrypted attribute is not available";
    static final String BIND_INSTEAD = "Assign a parameter or null, or load the entity and set the attribute";

    private QueryRefusal() {}

    static UnsupportedQueryException of(
            EncryptedBasicType<?> type, ColumnReference column, String cause, String remedy) {
        SealedAttribute attribute = type.attribute();
        return new UnsupportedQueryException("Query refused: " + attribute.qualifiedPath() + " (column "
                + attribute.table() + "." + column.getColumnExpression() + ") is encrypted, and " + cause + ". "
                + remedy
                + ".");
    }

    static UnsupportedQueryException of(ColumnReference column, String cause, String remedy) {
        return SealedColumns.typeOf(column)
                .map(type -> of(type, column, cause, remedy))
                .orElseThrow(() -> new AssertionError("only sealed columns are refused"));
    }
}
