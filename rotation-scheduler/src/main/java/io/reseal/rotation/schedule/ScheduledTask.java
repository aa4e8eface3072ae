package io.reseal.rotation.schedule;

import io.reseal.rotation.AlertDelivery;
import io.reseal.rotation.Alerts;
import io.reseal.rotation.ComplianceReports;
import io.reseal.rotation.Health;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.RotationScheduler;
import io.reseal.rotation.UsageMonitoring;
import java.util.Locale;

/** What is done without an operator, and when unless the setting {@code reseal.scheduler.cron.} and its name say otherwise; in UTC. */
public enum ScheduledTask {
    /** Schedules the rotation of every key that is due by its policy. Daily at 01:00. */
    AUTOMATED_KEY_ROTATION_CHECK("0 0 1 * * ?"),
    /** Executes scheduled rotations until none is left to be executed, and nothing to be re-encrypted. Every four hours. */
    EXECUTE_SCHEDULED_KEY_ROTATIONS("0 0 0/4 * * ?"),
    /** Brings keys whose grace is over nearer to their end: {@link KeyRotation#cleanUp}. Sundays at 06:00. */
    KEY_ROTATION_CLEANUP("0 0 6 ? * SUN"),
    /** Looks whether keys are used as they usually are: {@link UsageMonitoring#look}. Every eight hours. */
    KEY_USAGE_MONITORING("0 0 0/8 * * ?"),
    /** Looks whether keys, key store, tasks, rotations and nodes are as they should be: {@link Health#check}. Every six hours. */
    KEY_ROTATION_HEALTH_CHECK("0 0 0/6 * * ?"),
    /** Looks for what somebody has to look at, and tells them: {@link Alerts#look}, {@link AlertDelivery#deliver}. Every minute, also while others are paused. */
    KEY_ROTATION_ALERTS("0 * * * * ?"),
    /** Makes the report of the last month, and those of earlier months that are missing: {@link ComplianceReports#catchUp}. On the first of each month at 02:00. */
    GENERATE_KEY_ROTATION_COMPLIANCE_REPORT("0 0 2 1 * ?");

    private final String cron;

    ScheduledTask(String cron) {
        this.cron = cron;
    }

    /** Whether {@link RotationScheduler#pause} stops it; not what would tell that a pause is too long. */
    public boolean isPausable() {
        return this != KEY_ROTATION_ALERTS && this != KEY_ROTATION_HEALTH_CHECK;
    }

    /** As operators know it, for example {@code key_rotation_cleanup}. */
    public String taskName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its usual times, as a cron expression of Quartz. */
    public String cron() {
        return cron;
    }

    /**
     * The task with this {@link #taskName}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ScheduledTask named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
