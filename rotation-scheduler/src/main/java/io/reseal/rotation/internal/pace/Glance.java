package io.reseal.rotation.internal.pace;

import io.reseal.rotation.internal.jdbc.LoadSignals;
import io.reseal.rotation.internal.jdbc.OtherSessions;
import io.reseal.rotation.internal.jdbc.Traffic;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the application's traffic: a tiny statement each time, whose time is taken; once a second the counters. */
final class Glance {

    private static final Logger LOG = LoggerFactory.getLogger(Glance.class);
    private static final Duration COUNT = Duration.ofSeconds(1);

    private final Jdbi jdbi;
    private final LoadSignals signals;
    private final OwnWork own;
    private final Foreground foreground;
    private final DatabaseLoad database;
    private volatile long begun;
    private volatile boolean isPending;
    private long counted = System.nanoTime() - COUNT.toNanos();

    Glance(Pacemaker.Surroundings around, Foreground foreground, DatabaseLoad database) {
        this.jdbi = around.jdbi();
        this.signals = around.signals();
        this.own = around.own();
        this.foreground = foreground;
        this.database = database;
    }

    /** For how long the tiny statement that is under way has taken so far; a wait for a connection is no part of it. */
    Duration pending() {
        return isPending ? Duration.ofNanos(System.nanoTime() - begun) : Duration.ZERO;
    }

    void look() {
        try {
            jdbi.<Optional<OtherSessions>, SQLException>withHandle(handle -> probed(handle.getConnection()))
                    .ifPresent(foreground::others);
            countSometimes();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The foreground could not be looked at: {}", e.getClass().getName());
        }
    }

    private Optional<OtherSessions> probed(Connection connection) throws SQLException {
        begun = System.nanoTime();
        isPending = true;
        try {
            Optional<OtherSessions> others = signals.others(connection);
            foreground.probe(Duration.ofNanos(System.nanoTime() - begun));
            return others;
        } finally {
            isPending = false;
        }
    }

    private void countSometimes() throws SQLException {
        if (System.nanoTime() - counted < COUNT.toNanos()) {
            return;
        }
        counted = System.nanoTime();
        Traffic before = own.total();
        Optional<Traffic> traffic =
                jdbi.<Optional<Traffic>, SQLException>withHandle(handle -> signals.traffic(handle.getConnection()));
        traffic.ifPresent(all -> {
            foreground.count(all, before);
            database.counted(all);
        });
    }
}
