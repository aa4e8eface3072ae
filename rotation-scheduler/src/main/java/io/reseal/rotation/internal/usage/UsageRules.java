package io.reseal.rotation.internal.usage;

import java.time.Duration;

/** What counts as unusual, and from how much history. */
public final class UsageRules {

    /** How many weeks are compared with. */
    public static final int WEEKS = 6;

    /** Of how many of them an hour of the week must be known, before anything is said about it. */
    public static final int LEAST_WEEKS = 4;

    /**
     * From which modified z-score on a number is an outlier: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC Basic
     * References in Quality Control 16 (1993), as in the NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.5.17.
     */
    public static final double OUTLIER = 3.5;

    /** The median absolute deviation of a normal distribution, in standard deviations. */
    static final double NORMAL = 0.6745;

    /** Usage that varies by less is taken to vary by a tenth: else the steadiest application would alarm most. */
    static final double LEAST_SPREAD = 0.1;

    /** By how many operations an hour must differ at least: three in the place of one are no anomaly. */
    public static final long LEAST_DIFFERENCE = 100;

    /** Hours in which less is usual say nothing about how the level and the noise of usage change. */
    static final long BUSY = 10;

    /** How far back hours are judged: as long may the task have failed to run. */
    public static final Duration JUDGED = Duration.ofDays(3);

    /** Nodes write once a minute, and their clocks differ: so long after its end an hour is complete. */
    static final Duration LATENESS = Duration.ofMinutes(5);

    /** For how long a key must have been of no use to be called unused: no longer than what is read. */
    public static final Duration UNUSED = Duration.ofDays(7L * WEEKS);

    /** From which part of the usage limit on it is near, in percent. */
    public static final int NEAR_PERCENT = 80;

    private UsageRules() {}
}
