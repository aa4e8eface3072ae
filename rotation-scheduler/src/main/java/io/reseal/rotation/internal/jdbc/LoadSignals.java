package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What a database tells about its load. Stateless; nothing here waits for locks of rows or tables. */
public abstract sealed class LoadSignals permits PostgresLoadSignals, PlainLoadSignals {

    /** The part of the application name by which sessions of the engine are told from others. */
    static final String OWN_SESSIONS = "reseal-%";

    /**
     * What changes within seconds: replicas, slots, vacuum, snapshots, dead rows, waiters, free space.
     *
     * @param tables names as in SQL
     */
    public abstract List<LoadValue> read(Connection connection, List<String> tables) throws SQLException;

    /**
     * How many transactions of others are open now; also the tiny statement whose time is taken.
     *
     * @return empty if they are not visible
     */
    public abstract Optional<Integer> othersActive(Connection connection) throws SQLException;

    /** Counters of the database; empty if it has none. */
    public abstract Optional<Traffic> traffic(Connection connection) throws SQLException;
}
