package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Dialect;
import java.sql.SQLException;

/** Others hold a lock on a table, and were waited for long enough. */
final class LockedException extends EngineSqlException {

    private static final long serialVersionUID = 1L;

    private final String table;

    LockedException(TableName table, SQLException cause) {
        super(cause);
        this.table = table.toString();
    }

    /** What a statement on a table failed with, as one of these if it was a lock. */
    static EngineSqlException of(Dialect dialect, TableName table, SQLException e) {
        return dialect.isContention(e) ? new LockedException(table, e) : new EngineSqlException(e);
    }

    String table() {
        return table;
    }
}
