package io.reseal.rotation.pace;

import java.time.Instant;
import java.util.List;

/**
 * How fast a node works on a run, and why not faster: a run that is held back is none that hangs.
 *
 * @param plan the run's, the same on all nodes
 * @param effort what the plan says now
 * @param since when the state began, by this node's clock
 * @param because why it is not faster
 * @param duty the part of the time that this node may work, 0 to 1
 * @param batchRows rows per transaction at present
 * @param signals what every signal said last
 */
public record Pacing(
        EffortPlan plan,
        Effort effort,
        PaceState state,
        Instant since,
        String because,
        double duty,
        int batchRows,
        List<SignalReading> signals) {

    public Pacing {
        signals = List.copyOf(signals);
    }

    /** As {@code throttled since 2026-11-22T01:00:00Z because …}. */
    @Override
    public String toString() {
        return switch (state) {
            case UNTHROTTLED -> "unthrottled since " + since;
            case THROTTLED -> "throttled since " + since + " because " + because;
            case STOPPED -> "stopped since " + since + " because " + because;
        };
    }
}
