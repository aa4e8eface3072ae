package io.reseal.rotation.internal.pace;

import io.reseal.rotation.Effort;
import io.reseal.rotation.EffortPlan;
import io.reseal.rotation.PaceOptions;
import io.reseal.rotation.Pacing;
import io.reseal.rotation.Signal;
import io.reseal.rotation.SignalReading;
import io.reseal.rotation.internal.jdbc.LoadSignals;
import io.reseal.rotation.internal.jdbc.Traffic;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks around for a node's work on one run, and tells the controller: one thread for what changes within milliseconds, one
 * for what may take time to ask. Safe for use by several threads.
 */
public final class Pacemaker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pacemaker.class);
    private static final Duration GLANCE = Duration.ofMillis(50);
    private static final Duration COUNT = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int LOOKS_PER_DATABASE_LOOK = 2;

    private final Surroundings around;
    private final Supplier<Standing> standing;
    private final LoadSignals signals;
    private final Foreground foreground;
    private final DatabaseLoad database;
    private final Hooks hooks;
    private final PoolSignal pool;
    private final OwnWork own = new OwnWork();
    private final Controller controller;
    private final Throttle throttle;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile EffortPlan plan;
    private volatile boolean isRunning = true;
    private volatile List<SignalReading> slowReadings = List.of();
    private volatile long glancedAt;
    private volatile boolean isGlancing;
    private long countedAt = System.nanoTime() - COUNT.toNanos();

    /** What a node works in. */
    public record Surroundings(
            Jdbi jdbi, DataSource dataSource, LoadSignals signals, PaceOptions options, Clock clock) {}

    /**
     * What the run says.
     *
     * @param isRunning false while it is paused or over
     */
    public record Standing(boolean isRunning, EffortPlan plan) {}

    /**
     * Asks the database once.
     *
     * @param tables of the run, names as in SQL
     * @param standing asks the database
     */
    public Pacemaker(Surroundings around, List<String> tables, Supplier<Standing> standing) {
        this.around = around;
        this.standing = standing;
        this.signals = around.signals();
        this.plan = standing.get().plan();
        this.foreground = new Foreground(around.clock(), around.options());
        this.database = new DatabaseLoad(around.jdbi(), signals, around.options(), tables, around.clock());
        this.hooks = new Hooks(around.jdbi(), around.options().hooks());
        this.pool = new PoolSignal(around.dataSource());
        this.controller = new Controller(around.clock(), plan);
        this.throttle = new Throttle(controller, own, System::nanoTime);
    }

    public Throttle throttle() {
        return throttle;
    }

    /** What to show; {@code mostRows} is the largest batch that is allowed. */
    public Pacing pacing(int mostRows) {
        return controller.pacing(mostRows);
    }

    /** Begins to look around, until it is closed. */
    public void start(String name) {
        look(0);
        daemon("reseal-pace-" + name, this::glances).start();
        daemon("reseal-signals-" + name, this::looks).start();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void glances() {
        while (!isOver(isUnpaced() ? LOOK : GLANCE)) {
            if (!isUnpaced()) {
                glance();
            }
            publish();
        }
    }

    private void looks() {
        for (int i = 1; !isOver(LOOK); i++) {
            look(i);
        }
    }

    private boolean isUnpaced() {
        return controller.effort() == Effort.FULL;
    }

    /** Looks at the run and the hooks each time, at the database's state every other time. */
    private void look(int number) {
        try {
            Standing now = standing.get();
            plan = now.plan();
            isRunning = now.isRunning();
            throttle.open(!isRunning);
            List<SignalReading> readings = new ArrayList<>();
            if (number % LOOKS_PER_DATABASE_LOOK == 0) {
                readings.addAll(database.readings());
            } else {
                slowReadings.stream()
                        .filter(reading -> reading.signal() != Signal.HOOK)
                        .filter(reading -> reading.signal() != Signal.POOL_PENDING)
                        .forEach(readings::add);
            }
            readings.add(pool.reading(around.options()));
            readings.addAll(hooks.readings());
            slowReadings = List.copyOf(readings);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The signals could not be read: {}", e.getClass().getName());
        }
        publish();
    }

    /** A tiny statement, whose time is taken; once a second the database's counters. */
    private void glance() {
        glancedAt = System.nanoTime();
        isGlancing = true;
        try {
            Optional<Integer> active = around.jdbi()
                    .<Optional<Integer>, SQLException>withHandle(
                            handle -> signals.othersActive(handle.getConnection()));
            Duration took = Duration.ofNanos(System.nanoTime() - glancedAt);
            foreground.probe(took);
            active.ifPresent(foreground::queue);
            own.looked(took);
            countSometimes();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The foreground could not be looked at: {}", e.getClass().getName());
        } finally {
            isGlancing = false;
        }
    }

    private void countSometimes() throws SQLException {
        if (System.nanoTime() - countedAt < COUNT.toNanos()) {
            return;
        }
        countedAt = System.nanoTime();
        Traffic before = own.total();
        Optional<Traffic> traffic = around.jdbi()
                .<Optional<Traffic>, SQLException>withHandle(handle -> signals.traffic(handle.getConnection()));
        own.looked(Duration.ofNanos(System.nanoTime() - countedAt));
        traffic.ifPresent(all -> {
            foreground.count(all, before);
            database.counted(all);
        });
    }

    /** A run that is paused learns what is usual without it, and does not speed up meanwhile. */
    private void publish() {
        if (!isRunning) {
            return;
        }
        Duration pending = isGlancing ? Duration.ofNanos(System.nanoTime() - glancedAt) : Duration.ZERO;
        List<SignalReading> readings = new ArrayList<>(slowReadings);
        readings.add(own.reading(around.options()));
        readings.addAll(foreground.readings(pending));
        controller.observe(plan, foreground.isThere(), readings);
        throttle.changed();
    }

    private boolean isOver(Duration wait) {
        try {
            return over.await(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Stops looking and lets everybody through: this node's work on the run is over. */
    @Override
    public void close() {
        over.countDown();
        throttle.open(true);
    }
}
