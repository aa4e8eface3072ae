package io.reseal.rotation;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.health.HealthReport;
import io.reseal.rotation.internal.health.Connection;
import io.reseal.rotation.internal.health.Deliveries;
import io.reseal.rotation.internal.health.Examination;
import io.reseal.rotation.internal.health.Examination.Result;
import io.reseal.rotation.internal.health.KeySigns;
import io.reseal.rotation.internal.health.Vitals;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.spi.AlertChannel;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether keys, key store, tasks, rotations and nodes are as they should be. Safe for use by several threads, and by several processes at
 * once.
 */
public final class Health {

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final Examination examination;
    private final StandingAlerts standing;
    private final Clocks clocks;
    private final Vitals vitals = new Vitals();
    private final Deliveries deliveries = new Deliveries();
    private volatile boolean isDraining;

    /** What it looks at beside the keys, whom it tells, and by which clocks. */
    record Around(Engine engine, Alerts alerts, Clocks clocks) {}

    Health(KeyRegistry keys, ResealDatabase database, PoliciesInForce policies, Around around) {
        this.examination = new Examination(keys, database, policies::of, deliveries);
        this.standing = new StandingAlerts(around.alerts());
        this.clocks = around.clocks();
        vitals.add(new KeySigns(keys));
        vitals.add(new Vitals.Sign() {
            @Override
            public List<String> ailments() {
                return around.engine().ailments();
            }
        });
    }

    /**
     * Looks at everything; raises an alert for what is wrong, and ends those about what is over. To be called every six hours, which the task
     * {@code key_rotation_health_check} does, and whenever somebody wants to know. What cannot be looked at is a finding, and ends no
     * alert; a database that does not answer is one.
     */
    public HealthReport check() {
        try {
            List<Alert> before = standing.before();
            Instant now = clocks.stored();
            Result result = examination.at(now);
            standing.tell(result.findings(), result.told(), result.seen(), before);
            return new HealthReport(now, result.findings());
        } catch (RuntimeException e) {
            LOG.error("What the health check found could not be told of by alerts", e);
            Instant now = clocks.node().instant();
            return new HealthReport(now, examination.at(now).findings());
        }
    }

    /**
     * Whether this process' own threads work: those that read keys, re-encrypt and begin tasks. Answers at once, from memory: a database that
     * is away is no reason to restart. What was closed is not missed.
     */
    public boolean isLive() {
        return notLive().isEmpty();
    }

    /** Why it is not; each says what does not work. */
    public List<String> notLive() {
        return vitals.ailments();
    }

    /**
     * Whether this process can seal and open, as far as its keys are concerned, and is not about to be closed. Answers at once, from
     * memory.
     */
    public boolean isReady() {
        return notReady().isEmpty();
    }

    /** Why it is not; each says what stands against it. */
    public List<String> notReady() {
        return isDraining
                ? Stream.concat(Stream.of("it is being closed"), vitals.hindrances().stream())
                        .toList()
                : vitals.hindrances();
    }

    /**
     * It is not ready any more, for good, so that nothing new is sent here; what is under way goes on. {@link KeyRotation#close} begins with it; a host
     * that has to wait until others have heard calls it earlier.
     */
    public void drain() {
        isDraining = true;
    }

    /** What this process connects to, and whether somebody on the way could read it. */
    List<Connection> connections() {
        return examination.connections();
    }

    /** Another part of this process; returns what takes it away again. */
    Runnable watch(Vitals.Sign sign) {
        return vitals.add(sign);
    }

    /** The ways by which this process tells people from now on; returns what takes them away again. */
    Runnable delivers(List<AlertChannel> channels) {
        return deliveries.add(channels);
    }
}
