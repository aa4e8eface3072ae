package io.reseal.rotation.pace;

/** How hard a run works, over all nodes. */
public enum Effort {
    /** No batch begins. */
    NONE(0, 0),
    /** One worker, a small part of the time, however idle the database is. */
    GENTLE(0.05, 0.25),
    /** One worker beside traffic, and as much as the traffic does not notice; everything while nobody else is there. */
    BALANCED(0.25, 1),
    /** All workers, all the time; only signals that guard the database itself stop them. */
    FULL(1, 1);

    private final double besideTraffic;
    private final double alone;

    Effort(double besideTraffic, double alone) {
        this.besideTraffic = besideTraffic;
        this.alone = alone;
    }

    /** The largest part of the time, 0 to 1, that a node works; {@code isBesideTraffic} if others use the database. */
    public double mostDuty(boolean isBesideTraffic) {
        return isBesideTraffic ? besideTraffic : alone;
    }
}
