package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What a database tells about its load. Stateless; nothing here waits for locks of rows or tables. */
public abstract sealed class LoadSignals permits PostgresLoadSignals, PlainLoadSignals {

    /** How the application name of the engine's sessions begins, those of other nodes included. */
    static final String OWN_SESSIONS = "reseal-";

    /** How long one statement may take, so that what is told never waits for what can't be asked. */
    static final int LONGEST_SECONDS = 5;

    /**
     * What changes within seconds: replicas, slots, vacuum, snapshots, dead rows, waiters, free space. One that fails, or
     * takes seconds, is unknown; the others are read nevertheless.
     *
     * @param tables names as in SQL
     */
    public abstract List<LoadValue> read(Connection connection, List<String> tables) throws SQLException;

    /**
     * What the sessions of others do; also the tiny statement whose time is taken.
     *
     * @return empty if they are not visible
     */
    public abstract Optional<OtherSessions> others(Connection connection) throws SQLException;

    /** Counters of the database; empty if it has none. */
    public abstract Optional<Traffic> traffic(Connection connection) throws SQLException;
}
