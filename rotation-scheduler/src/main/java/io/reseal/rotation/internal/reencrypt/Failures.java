package io.reseal.rotation.internal.reencrypt;

import io.reseal.CompromisedKeyException;
import io.reseal.DestroyedKeyException;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.SealingRefusedException;
import io.reseal.SuspendedKeyException;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.Fence;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;

/** What kind of failure an exception stands for. */
final class Failures {

    private Failures() {}

    /** Whether others hold rows that the statement needed. */
    static boolean isContention(Dialect dialect, Throwable e) {
        return sql(e).map(dialect::isContention).orElse(false);
    }

    /** Whether the key that it was sealed under is fenced off by now. */
    static boolean isFencedOff(Throwable e) {
        return sql(e).map(Fence::isRefusal).orElse(false);
    }

    /** Whether a table or column was dropped. */
    static boolean isGone(Dialect dialect, Throwable e) {
        return sql(e).map(dialect::isGone).orElse(false);
    }

    /** Whether the database itself is away, and not only something in it. */
    static boolean isConnectionLost(Throwable e) {
        return e instanceof ConnectionException
                || sql(e).map(SQLException::getSQLState)
                        .filter(state -> state.startsWith("08") || state.startsWith("57P"))
                        .isPresent();
    }

    /** Whether the same may succeed later. */
    static boolean isTransient(Dialect dialect, Throwable e) {
        return e instanceof KeyStoreUnavailableException
                || e instanceof SealingRefusedException
                || isOutOfUse(e)
                || e instanceof ConnectionException
                || sql(e).map(cause -> cause instanceof SQLTransientException
                                || cause instanceof SQLRecoverableException
                                || dialect.isTransient(cause))
                        .orElse(false);
    }

    /** Whether a key went out of use since the run was planned: the run is planned again without it. */
    private static boolean isOutOfUse(Throwable e) {
        return e instanceof SuspendedKeyException
                || e instanceof CompromisedKeyException
                || e instanceof DestroyedKeyException;
    }

    /** A refusal's own words, and those about a key, which hold names only; else the classes of the error and its root, and the SQL state if there is one: messages could quote a row. */
    @SuppressWarnings("ReferenceEquality") // an error may be its own root
    static String describe(Throwable e) {
        if (e instanceof ReencryptionRefusedException refused) {
            return String.join("; ", refused.problems());
        }
        if (isOutOfUse(e)) {
            return e.getClass().getName() + ": " + e.getMessage();
        }
        Throwable root = causes(e).reduce((outer, inner) -> inner).orElse(e);
        String classes = e.getCause() == null
                ? e.getClass().getName()
                : e.getClass().getName() + " < " + root.getClass().getName();
        return sql(e).map(cause -> classes + ", SQL state " + cause.getSQLState())
                .orElse(classes);
    }

    static RuntimeException unchecked(Exception e) {
        if (e instanceof SQLException cause) {
            return new EngineSqlException(cause);
        }
        return (RuntimeException) e;
    }

    private static Optional<SQLException> sql(Throwable e) {
        return causes(e)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause).limit(20);
    }
}
