package io.reseal.rotation.internal.jdbc;

import java.sql.SQLException;
import java.util.Set;

/** What MariaDB's error numbers mean to the engine. */
final class MariaErrors {

    /** No such column, database or table. */
    private static final Set<Integer> GONE = Set.of(1054, 1049, 1146);

    /** On a database, table or column. */
    private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143);

    /** Record changed, lock wait timeout, deadlock, statement timeout. */
    private static final Set<Integer> CONTENTION = Set.of(1020, 1205, 1213, 1969);

    /** Too many connections, out of disk, memory or threads, shutting down, connection killed, lock table full. */
    private static final Set<Integer> SHORTAGE = Set.of(1021, 1037, 1038, 1040, 1041, 1053, 1114, 1135, 1206, 1927);

    private MariaErrors() {}

    static boolean isGone(SQLException e) {
        return GONE.contains(e.getErrorCode());
    }

    static boolean isDenied(SQLException e) {
        return DENIED.contains(e.getErrorCode());
    }

    static boolean isContention(SQLException e) {
        return CONTENTION.contains(e.getErrorCode());
    }

    static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return isContention(e) || SHORTAGE.contains(e.getErrorCode()) || (state != null && state.startsWith("08"));
    }
}
