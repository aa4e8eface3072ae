package io.reseal.rotation.pace;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a run keeps out of others' way. {@link #defaults()} and the {@code with…} methods make one.
 *
 * @param effort of a run that is started; one that is joined keeps its own
 * @param thresholds where they differ from those of {@link Signal#threshold()}; for this node
 * @param hooks for this node
 */
public record PaceOptions(EffortPlan effort, Map<Signal, Threshold> thresholds, List<PaceHook> hooks) {

    private static final PaceOptions DEFAULTS =
            new PaceOptions(EffortPlan.always(Effort.BALANCED), Map.of(), List.of());

    public PaceOptions {
        thresholds = Map.copyOf(thresholds);
        hooks = List.copyOf(hooks);
    }

    /** Balanced at all times, default thresholds, no hooks. */
    public static PaceOptions defaults() {
        return DEFAULTS;
    }

    public PaceOptions withEffort(EffortPlan plan) {
        return new PaceOptions(plan, thresholds, hooks);
    }

    public PaceOptions withThreshold(Signal signal, Threshold threshold) {
        Map<Signal, Threshold> more = new EnumMap<>(Signal.class);
        more.putAll(thresholds);
        more.put(signal, threshold);
        return new PaceOptions(effort, more, hooks);
    }

    /** With one hook more. */
    public PaceOptions withHook(PaceHook hook) {
        List<PaceHook> more = new ArrayList<>(hooks);
        more.add(hook);
        return new PaceOptions(effort, thresholds, more);
    }

    /** The threshold of a signal on this node. */
    public Threshold threshold(Signal signal) {
        return thresholds.getOrDefault(signal, signal.threshold());
    }
}
