package io.reseal.internal.hibernate;

import java.util.BitSet;
import java.util.List;
import org.hibernate.sql.ast.spi.SqlSelection;
import org.hibernate.sql.results.graph.DomainResult;
import org.hibernate.sql.results.graph.entity.EntityResult;

/** What happens to the columns that a select clause selects. */
sealed interface SelectUse {

    /** Whether an encrypted column may stand in the select clause by itself. */
    boolean allowsColumn();

    /** Whether it may even where whole rows are compared, as {@code distinct} and {@code union} do. */
    boolean allowsComparedRow(SqlSelection selection);

    /** The values reach the caller, opened on the way. */
    record Result(BitSet outsideEntities) implements SelectUse {

        static Result of(List<DomainResult<?>> results) {
            BitSet outside = new BitSet();
            results.stream()
                    .filter(result -> !(result instanceof EntityResult<?>))
                    .forEach(result -> result.collectValueIndexesToCache(outside));
            return new Result(outside);
        }

        @Override
        public boolean allowsColumn() {
            return true;
        }

        /** The columns of an entity stand beside its key: rows that differ only in the ciphertext can't exist. */
        @Override
        public boolean allowsComparedRow(SqlSelection selection) {
            return !outsideEntities.get(selection.getValuesArrayPosition());
        }
    }

    /** A derived table or a common table expression: outside, the column still has the attribute's type. */
    record Derived() implements SelectUse {

        @Override
        public boolean allowsColumn() {
            return true;
        }

        @Override
        public boolean allowsComparedRow(SqlSelection selection) {
            return false;
        }
    }

    /** The source of an insert, after {@link AssignmentGuard} has seen which column goes where. */
    record Inserted() implements SelectUse {

        @Override
        public boolean allowsColumn() {
            return true;
        }

        @Override
        public boolean allowsComparedRow(SqlSelection selection) {
            return false;
        }
    }

    /** {@code exists}: only the number of rows counts. */
    record Existence() implements SelectUse {

        @Override
        public boolean allowsColumn() {
            return true;
        }

        @Override
        public boolean allowsComparedRow(SqlSelection selection) {
            return true;
        }
    }

    /** Any other subquery: its value takes part in an expression. */
    record Operand() implements SelectUse {

        @Override
        public boolean allowsColumn() {
            return false;
        }

        @Override
        public boolean allowsComparedRow(SqlSelection selection) {
            return false;
        }
    }
}
