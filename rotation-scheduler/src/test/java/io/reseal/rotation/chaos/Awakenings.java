package io.reseal.rotation.chaos;

import io.reseal.rotation.attack.Scene;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Brings about, before anything else goes wrong, what chance seldom does: a node that is stopped at the very moment at which
 * only one of the engine's checks stands between it and harm, and that wakes when the others can't help.
 */
final class Awakenings {

    private static final int ATTEMPTS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AWAKE = Duration.ofSeconds(1);

    /** The judge lets pass what was committed just after a retirement: its two moments are not taken at once. */
    private static final Duration BEYOND_DOUBT = Duration.ofMillis(300);

    private static final long LOOK_MILLIS = 4;
    private static final String ROTATE = "rotate " + Scene.DB.name();

    /** Engines give way to it after 50 ms, with the values that they have sealed in hand. */
    private static final String LOCKED_ROWS = "SELECT id FROM account WHERE id % 19 = 0 ORDER BY id FOR UPDATE";

    private static final String GIVE_BACK =
            "UPDATE reseal_range SET state = 'READY', owner = NULL, lease_until = NULL, token = token + 1"
                    + " WHERE owner = 'another'";

    private final Server server;
    private final Cast cast;
    private final Tally tally;

    Awakenings(Server server, Cast cast, Tally tally) {
        this.server = server;
        this.cast = cast;
        this.tally = tally;
    }

    void all() throws Exception {
        persistently(Fault.WAKE_OVERTAKEN, this::overtaken);
        persistently(Fault.WAKE_AFTER_RETIREMENT, this::afterRetirement);
        persistently(Fault.WAKE_WITHOUT_LEASE, this::withoutLease);
    }

    /** Until it took effect. */
    private void persistently(Fault fault, Callable<Boolean> act) throws Exception {
        Duration from = tally.now();
        for (int i = 0; i < ATTEMPTS; i++) {
            if (act.call()) {
                tally.injected(from, fault, "one");
                return;
            }
        }
    }

    /** The ranges of the engine that is stopped belong to somebody else when it wakes: only its token is old. */
    private boolean overtaken() throws Exception {
        return stopped(engine -> {
            List<String> ranges = rangesOf(engine);
            for (String range : ranges) {
                await(() -> !server.witness().query(takeOver(range)).isEmpty());
            }
            wake(engine);
            server.witness().execute(GIVE_BACK);
            return !ranges.isEmpty();
        });
    }

    /** As an engine does it whose turn it is: the lease has to have run out. */
    private static String takeOver(String range) {
        return "UPDATE reseal_range SET owner = 'another', token = token + 1, lease_until = now() + interval '1 minute'"
                + " WHERE state = 'LEASED' AND lease_until < now() AND id = " + range + " RETURNING id";
    }

    /** Nobody could take its ranges, or tell the run: only the key is retired when it wakes. */
    private boolean afterRetirement() throws Exception {
        return stopped(engine -> {
            boolean isRetired = !rangesOf(engine).isEmpty()
                    && Injector.isDone(cast.operator(), "rotate-silently " + Scene.DB.name());
            Thread.sleep(BEYOND_DOUBT.toMillis());
            wake(engine);
            return isRetired;
        });
    }

    private void wake(NodeSlot node) throws IOException, InterruptedException {
        node.process().thaw();
        Thread.sleep(AWAKE.toMillis());
    }

    private interface Sleep {
        boolean passes(NodeSlot engine) throws Exception;
    }

    /** Stops every engine, one of them while it waits for locked rows. */
    private boolean stopped(Sleep sleep) throws Exception {
        try (Connection connection = server.witness().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(LOCKED_ROWS);
            if (!Injector.isDone(cast.operator(), ROTATE)) {
                return false;
            }
            Optional<NodeSlot> engine = stopWithValuesInHand();
            for (NodeSlot other : cast.engines()) {
                other.process().freeze();
            }
            try {
                return engine.isPresent() && sleep.passes(engine.get());
            } finally {
                connection.rollback();
                for (NodeSlot any : cast.engines()) {
                    any.process().thaw();
                }
            }
        }
    }

    private Optional<NodeSlot> stopWithValuesInHand() throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            for (NodeSlot engine : cast.engines()) {
                if (hasValuesInHand(engine)) {
                    engine.process().freeze();
                    if (hasValuesInHand(engine)) {
                        return Optional.of(engine);
                    }
                    engine.process().thaw();
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return Optional.empty();
    }

    /** Its batch waits for a lock, or has given up, which it has not heard of if it is stopped. */
    private boolean hasValuesInHand(NodeSlot engine) throws SQLException {
        return !server.witness()
                .query("SELECT 1 FROM pg_stat_activity WHERE application_name IN ('" + engine.name() + "', 'reseal-"
                        + engine.name()
                        + "') AND query LIKE 'UPDATE%account%' AND (state = 'active' AND wait_event_type = 'Lock'"
                        + " OR state = 'idle in transaction (aborted)')")
                .isEmpty();
    }

    private List<String> rangesOf(NodeSlot engine) throws SQLException {
        return server.witness()
                .query("SELECT r.id FROM reseal_range r JOIN chaos_range c ON c.range_id = r.id AND c.token = r.token"
                        + " AND c.claimed WHERE r.state = 'LEASED' AND r.kind = 'TABLE' AND c.node = '" + engine.name()
                        + "'");
    }

    /** It can't learn of the rotation, or renew its lease: it may seal nothing before that is over. */
    private boolean withoutLease() throws Exception {
        NodeSlot application = cast.applications().get(0);
        application.process().freeze();
        boolean isRotated = Injector.isDone(cast.operator(), ROTATE);
        Thread.sleep(AWAKE.plusMillis(200).toMillis()); // a lease after the retirement
        try (Connection connection = server.witness().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE reseal_keystore IN ACCESS EXCLUSIVE MODE");
            wake(application);
            connection.rollback();
        } finally {
            application.process().thaw();
        }
        return isRotated;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call() && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
