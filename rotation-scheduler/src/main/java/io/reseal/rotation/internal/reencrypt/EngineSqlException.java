package io.reseal.rotation.internal.reencrypt;

import java.sql.SQLException;

/** A statement on an application's table failed; the statement and its values are not told. */
sealed class EngineSqlException extends RuntimeException permits LockedException {

    private static final long serialVersionUID = 1L;

    EngineSqlException(SQLException cause) {
        super("A statement of the re-encryption failed with SQL state " + cause.getSQLState(), cause);
    }
}
