package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.util.List;

/** Stops runs and lets them go on, on every node, whether or not this one works on them. Each says whether that changed anything. */
public final class RunControl {

    private final RunStore runs;

    RunControl(RunStore runs) {
        this.runs = runs;
    }

    public boolean pause(RunId run) {
        return runs.move(run, List.of(RunState.RUNNING), RunState.PAUSED);
    }

    /** What a person has paused or an error has stopped. */
    public boolean resume(RunId run) {
        return runs.move(run, List.of(RunState.PAUSED, RunState.FAILED), RunState.RUNNING);
    }

    /** Only what an error has stopped. */
    public boolean retry(RunId run) {
        return runs.move(run, List.of(RunState.FAILED), RunState.RUNNING);
    }

    public boolean cancel(RunId run) {
        return runs.move(run, List.of(RunState.RUNNING, RunState.PAUSED, RunState.FAILED), RunState.CANCELLED);
    }
}
