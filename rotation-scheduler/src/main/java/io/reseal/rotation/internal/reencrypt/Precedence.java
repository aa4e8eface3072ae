package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyType;
import io.reseal.rotation.RunId;
import io.reseal.rotation.RunState;
import io.reseal.rotation.TableProgress;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Lets one run go before all others. What waits is PAUSED, for everybody to see, and to resume. */
public final class Precedence {

    private final RunStore runs;
    private final RangeStore ranges;
    private final RunProgress progress;

    Precedence(Jdbi jdbi, RunStore runs) {
        this.runs = runs;
        this.ranges = new RangeStore(jdbi);
        this.progress = new RunProgress(jdbi);
    }

    /**
     * How a run stands.
     *
     * @param failure what stopped it; present only in state FAILED
     * @param quarantined values that it left as they are
     */
    public record Standing(RunState state, Optional<String> failure, List<TableProgress> tables, long quarantined) {}

    /** Holds the open run of a key type, if one is running. */
    public void hold(KeyType type) {
        runs.open(type).ifPresent(run -> hold(run.id()));
    }

    /** The runs of all other key types that are running. */
    public List<RunId> others(KeyType type) {
        return runs.open().stream()
                .filter(run -> !run.type().equals(type) && run.state() == RunState.RUNNING)
                .map(Run::id)
                .toList();
    }

    /** Holds a run, if it is running. */
    public void hold(RunId run) {
        runs.move(run, List.of(RunState.RUNNING), RunState.PAUSED);
    }

    /** Lets a run that was held go on; changes nothing otherwise. */
    public void release(RunId run) {
        runs.move(run, List.of(RunState.PAUSED), RunState.RUNNING);
    }

    public Standing standing(RunId id) {
        Run run = runs.get(id);
        long quarantined = ranges.quarantined(id).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return new Standing(run.state(), run.failure(), progress.tables(id), quarantined);
    }
}
