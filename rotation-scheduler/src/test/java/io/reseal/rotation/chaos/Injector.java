package io.reseal.rotation.chaos;

import io.reseal.keys.KeyType;
import io.reseal.rotation.attack.JvmProcess;
import io.reseal.rotation.attack.Scene;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Does the harm, and counts what took effect. Things that happen to one node, or to the server, happen one after the other, else all at the same time. */
final class Injector {

    private static final int ATTEMPTS_TO_FREEZE = 60;
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final Duration LONGEST_FAULT = Duration.ofMinutes(3);

    private final Setup setup;
    private final Server server;
    private final Cast cast;
    private final Tally tally;
    private final Semaphore serverIsFree = new Semaphore(1);
    private final Queue<Step> inVain = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Injector(Setup setup, Server server, Cast cast, Tally tally) {
        this.setup = setup;
        this.server = server;
        this.cast = cast;
        this.tally = tally;
    }

    /** Returns whether it took effect. */
    private interface Harm {
        boolean inflict() throws IOException, InterruptedException, SQLException;
    }

    /** Whether the step could begin now. */
    boolean begin(Step step) {
        return switch (step.fault()) {
            case KILL_ENGINE -> kill(step, cast.engines());
            case KILL_APPLICATION -> kill(step, cast.applications());
            case KILL_OPERATOR -> begin(step, "operator", () -> replaced(cast.operator()), () -> {});
            case FREEZE_ENGINE -> freeze(step, cast.engines());
            case FREEZE_APPLICATION -> freeze(step, cast.applications());
            case RESTART_DATABASE -> restart(step, "INT");
            case CRASH_DATABASE -> restart(step, "QUIT");
            case EXHAUST_POOL -> exhaustPool(step);
            case EXHAUST_SERVER -> onServer(step, () -> exhaustServer(step));
            case LOCK_ROWS -> begin(step, "rows", () -> lockRows(step), () -> {});
            case STALL_NETWORK ->
                onNode(step, cast.workers(), slot -> slot.proxy().stall(setup.freeze(step)));
            case RESET_NETWORK ->
                onNode(step, cast.workers(), slot -> slot.proxy().reset());
            case PAUSE_RUN -> order(step, "pause", " " + seconds(step, 1, 5).toMillis());
            case CANCEL_RUN -> order(step, "cancel", "");
            case ROTATE -> order(step, "rotate", "");
            case ROTATE_SILENTLY -> order(step, "rotate-silently", "");
            case WAKE_OVERTAKEN, WAKE_AFTER_RETIREMENT, WAKE_WITHOUT_LEASE ->
                throw new IllegalArgumentException(step.fault() + " is not left to chance");
        };
    }

    private static Duration seconds(Step step, int least, int most) {
        return step.between(Duration.ofSeconds(least), Duration.ofSeconds(most));
    }

    private boolean begin(Step step, String whom, Harm harm, Runnable after) {
        Duration since = tally.now();
        threads.execute(() -> {
            try {
                if (harm.inflict()) {
                    tally.injected(since, step.fault(), whom);
                } else {
                    inVain.add(step);
                    ChaosNode.say("chaos: " + step.fault() + " of " + whom + " came to nothing");
                }
            } catch (IOException | SQLException e) {
                inVain.add(step);
                ChaosNode.say("chaos: " + step.fault() + " of " + whom + " came to nothing: " + e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                after.run();
            }
        });
        return true;
    }

    private interface NodeHarm {
        boolean inflict(NodeSlot slot) throws IOException, InterruptedException;
    }

    private boolean onNode(Step step, List<NodeSlot> slots, NodeHarm harm) {
        NodeSlot slot = slots.get(step.target() % slots.size());
        return slot.take() && begin(step, slot.name(), () -> harm.inflict(slot), slot::release);
    }

    private boolean kill(Step step, List<NodeSlot> slots) {
        return onNode(step, slots, Injector::replaced);
    }

    private static boolean replaced(NodeSlot slot) throws IOException, InterruptedException {
        boolean wasAlive = slot.process().isAlive();
        slot.replace();
        return wasAlive;
    }

    private boolean freeze(Step step, List<NodeSlot> slots) {
        return onNode(step, slots, slot -> {
            JvmProcess process = slot.process();
            if (stoppedInTransaction(slot.name(), process)) {
                tally.frozenInTransaction();
            }
            Thread.sleep(setup.freeze(step).toMillis());
            process.thaw();
            return true;
        });
    }

    /** Stops it, and tries a number of times to meet it inside a transaction. */
    private boolean stoppedInTransaction(String node, JvmProcess process) throws IOException, InterruptedException {
        for (int i = 0; i < ATTEMPTS_TO_FREEZE; i++) {
            process.freeze();
            if (isInTransaction(node)) {
                return true;
            }
            process.thaw();
            Thread.sleep(10);
        }
        process.freeze();
        return false;
    }

    private boolean isInTransaction(String node) {
        try {
            return !server.witness()
                    .query(
                            "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL"
                                    + " AND application_name IN ('" + node + "', 'reseal-" + node + "')")
                    .isEmpty();
        } catch (SQLException e) {
            return false;
        }
    }

    private boolean onServer(Step step, Harm harm) {
        return serverIsFree.tryAcquire() && begin(step, "server", harm, serverIsFree::release);
    }

    private boolean restart(Step step, String signal) {
        return onServer(step, () -> {
            server.restart(signal, step.between(Duration.ZERO, Duration.ofSeconds(3)));
            return true;
        });
    }

    private boolean exhaustPool(Step step) {
        return onNode(step, cast.applications(), slot -> {
            Duration length = seconds(step, 2, 6);
            return isDone(slot, "exhaust " + length.toMillis());
        });
    }

    private boolean exhaustServer(Step step) throws InterruptedException {
        List<Connection> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(server.database().connect());
            }
        } catch (SQLException e) {
            boolean isFull = TOO_MANY_CONNECTIONS.equals(e.getSQLState());
            if (isFull) {
                Thread.sleep(seconds(step, 3, 6).toMillis());
            }
            return isFull;
        } finally {
            taken.forEach(Injector::quietlyClose);
        }
    }

    private static void quietlyClose(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // the server closed it first
        }
    }

    private boolean lockRows(Step step) throws SQLException, InterruptedException {
        int first = step.target() % Scene.ROWS;
        try (Connection connection = server.witness().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try (ResultSet rows = statement.executeQuery(
                    "SELECT id FROM account WHERE id % 37 = " + first % 37 + " ORDER BY id FOR UPDATE")) {
                if (!rows.next()) {
                    return false;
                }
            }
            Thread.sleep(setup.freeze(step).toMillis());
            connection.rollback();
            return true;
        }
    }

    private boolean order(Step step, String what, String more) {
        NodeSlot operator = cast.operator();
        KeyType type = step.target() % 3 == 0 ? Scene.TOKEN : Scene.DB;
        if (!operator.take()) {
            return false;
        }
        return begin(step, type.name(), () -> isDone(operator, what + " " + type.name() + more), operator::release);
    }

    /** Whether the node did it. */
    static boolean isDone(NodeSlot slot, String order) throws InterruptedException {
        try {
            slot.awaitReady();
            JvmProcess process = slot.process();
            process.tell(order);
            return !process.answer(ChaosNode.DONE + order.split(" ", 2)[0] + " ")
                    .equals(ChaosNode.IN_VAIN);
        } catch (AssertionError e) { // it was killed meanwhile
            return false;
        }
    }

    /** Steps that came to nothing, of kinds that have not happened yet. */
    List<Step> again() {
        List<Step> steps = new ArrayList<>();
        for (Step step = inVain.poll(); step != null; step = inVain.poll()) {
            if (!tally.hasHappened(step.fault())) {
                steps.add(step);
            }
        }
        return steps;
    }

    /** Waits until everything that was begun is over. */
    void end() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(LONGEST_FAULT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("a fault does not end");
        }
    }
}
