package io.reseal.rotation.internal.pace;

import io.reseal.rotation.internal.jdbc.LoadSignals;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks around for a node's work on one run, and tells the controller. What has to be asked has threads of its own: one for
 * what changes within milliseconds, one for the run and the database's state, one for the operator's hooks. The thread that
 * tells the controller asks nobody, so that nobody's silence keeps a stop from being heard. Safe for use by several threads.
 */
public final class Pacemaker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pacemaker.class);
    private static final Duration GLANCE = Duration.ofMillis(50);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration DATABASE_LOOK = Duration.ofSeconds(1);

    private final Surroundings around;
    private final Supplier<Standing> standing;
    private final Foreground foreground;
    private final Glance glance;
    private final DatabaseLoad database;
    private final Hooks hooks;
    private final PoolSignal pool;
    private final OwnBatches batches = new OwnBatches();
    private final Controller controller;
    private final Throttle throttle;
    private final LastHeard heardOfDatabase;
    private final LastHeard heardOfHooks;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Standing stands;

    /**
     * What a node works in.
     *
     * @param own what it asks of the database, this included
     */
    public record Surroundings(
            Jdbi jdbi, DataSource dataSource, LoadSignals signals, PaceOptions options, Clock clock, OwnWork own) {}

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
        this.stands = standing.get();
        this.foreground = new Foreground(around.clock(), around.options());
        this.database = new DatabaseLoad(around, tables);
        this.glance = new Glance(around, foreground, database);
        this.hooks = new Hooks(around.jdbi(), around.options().hooks());
        this.heardOfDatabase = new LastHeard(around.clock());
        this.heardOfHooks = new LastHeard(around.clock());
        this.pool = new PoolSignal(around.dataSource());
        this.controller = new Controller(around.clock(), stands.plan());
        this.throttle = new Throttle(controller, batches, System::nanoTime);
    }

    public Throttle throttle() {
        return throttle;
    }

    /** What to show; {@code mostRows} is the largest batch that is allowed. */
    public Pacing pacing(int mostRows) {
        return controller.pacing(mostRows);
    }

    /** Looks around once, for no work may begin before that, and then until it is closed. */
    public void start(String name) {
        askHooks();
        askDatabase();
        publish();
        repeat("reseal-pace-" + name, GLANCE, this::publish);
        repeat("reseal-glance-" + name, GLANCE, this::glance);
        repeat("reseal-run-" + name, LOOK, this::askRun);
        repeat("reseal-signals-" + name, DATABASE_LOOK, this::askDatabase);
        if (!around.options().hooks().isEmpty()) {
            repeat("reseal-hooks-" + name, LOOK, this::askHooks);
        }
    }

    private void repeat(String name, Duration wait, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    while (!isOver(wait)) {
                        quietly(task);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** A look that failed is repeated; what was seen before it holds. */
    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.debug("A look around failed: {}", e.getClass().getName());
        }
    }

    private void askRun() {
        stands = standing.get();
    }

    private void askDatabase() {
        heardOfDatabase.hear(database.readings());
    }

    private void askHooks() {
        heardOfHooks.hear(hooks.readings());
    }

    private void glance() {
        if (controller.effort() != Effort.FULL) {
            glance.look();
        }
    }

    /** A run that is paused learns what is usual without it, and does not speed up meanwhile. */
    private void publish() {
        Standing now = stands;
        throttle.open(!now.isRunning());
        if (!now.isRunning()) {
            return;
        }
        List<SignalReading> readings = new ArrayList<>(heardOfHooks.readings());
        readings.addAll(heardOfDatabase.readings());
        readings.add(orUnavailable(Signal.POOL_PENDING, () -> pool.reading(around.options())));
        readings.add(batches.reading(around.options()));
        readings.addAll(foreground.readings(glance.pending()));
        controller.observe(now.plan(), foreground.isThere(), readings);
        throttle.changed();
    }

    private static SignalReading orUnavailable(Signal signal, Supplier<SignalReading> source) {
        try {
            return source.get();
        } catch (RuntimeException e) {
            return SignalReading.unavailable(
                    signal, "it could not be read: " + e.getClass().getName());
        }
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
        throttle.close();
    }
}
