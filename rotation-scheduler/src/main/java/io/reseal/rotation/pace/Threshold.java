package io.reseal.rotation.pace;

/**
 * From which values on a signal slows a run down, and stops it. Where less is worse, as with free space, {@code stop} is
 * below {@code slow}.
 */
public record Threshold(double slow, double stop) {

    public Threshold {
        if (Double.isNaN(slow) || Double.isNaN(stop)) {
            throw new IllegalArgumentException("A threshold is not a number: use infinity for never");
        }
    }

    /** What a value means. */
    public SignalLevel judge(double value) {
        boolean isLessWorse = stop < slow;
        if (isLessWorse ? value <= stop : value >= stop) {
            return SignalLevel.STOP;
        }
        return (isLessWorse ? value <= slow : value >= slow) ? SignalLevel.SLOW : SignalLevel.NORMAL;
    }
}
