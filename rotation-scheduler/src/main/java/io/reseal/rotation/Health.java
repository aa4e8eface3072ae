package io.reseal.rotation;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.internal.health.Examination;
import io.reseal.rotation.internal.health.Examination.Result;
import java.time.Instant;
import java.util.List;
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

    /** Whom it tells, and by which clocks. */
    record Around(Alerts alerts, Clocks clocks) {}

    Health(KeyRegistry keys, ResealDatabase database, PoliciesInForce policies, Around around) {
        this.examination = new Examination(keys, database, policies::of);
        this.standing = new StandingAlerts(around.alerts());
        this.clocks = around.clocks();
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
}
