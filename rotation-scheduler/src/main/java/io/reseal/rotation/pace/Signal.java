package io.reseal.rotation.pace;

/** What a run looks at in order not to disturb others. */
public enum Signal {
    /** How far the slowest replica is behind. */
    REPLICA_LAG("s", 5, 30, false),
    /** What the whole server writes to its log. */
    WAL_RATE("MiB/s", 64, 256, false),
    /** What the server keeps of its log for the slowest replication slot. */
    WAL_RETENTION("GiB", 2, 16, true),
    /** Autovacuum workers on the run's tables; one that prevents wraparound counts 100. */
    AUTOVACUUM("workers", 1, 100, true),
    /** The oldest snapshot that keeps dead rows from being removed. */
    OLDEST_SNAPSHOT("s", 60, 900, false),
    /** Dead rows in the table of the run that has the most of them. */
    DEAD_ROWS("%", 20, 60, false),
    /** Sessions that wait for a lock of the run. */
    WAITERS("sessions", 1, 4, false),
    /** Threads that wait for a connection of the pool that the run works with. */
    POOL_PENDING("threads", 1, 4, false),
    /** The 95th percentile of the run's own batches. */
    OWN_BATCH("ms", 250, 2_000, false),
    /** Free space where the database keeps its files; less is worse. */
    DISK_FREE("GiB", 5, 1, true),
    /** How many times longer a transaction of the application takes than when it was quiet. */
    FOREGROUND_TIME("×", 1.4, 4, false),
    /** How many transactions of the application are open at once, above one and a half times what is usual. */
    FOREGROUND_QUEUE("sessions", 2, 6, false),
    /** How many times longer than when it was quiet a tiny statement takes, at the 95th percentile. */
    PROBE("×", 4, 12, false),
    /** A query or an address of the operator's. */
    HOOK("", 1, 1, true);

    private final String unit;
    private final double slow;
    private final double stop;
    private final boolean hard;

    Signal(String unit, double slow, double stop, boolean hard) {
        this.unit = unit;
        this.slow = slow;
        this.stop = stop;
        this.hard = hard;
    }

    /** The unit of its values. */
    public String unit() {
        return unit;
    }

    /** The threshold unless options say otherwise. */
    public Threshold threshold() {
        return new Threshold(slow, stop);
    }

    /** Whether it stops a run with {@link Effort#FULL} as well. */
    public boolean isHard() {
        return hard;
    }
}
