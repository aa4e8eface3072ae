package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.LockWait;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.reencryption.TableProgress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Lets one run go before all others. What waits is PAUSED, for everybody to see, and to resume. */
public final class Precedence {

    private static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(3));

    private final Jdbi jdbi;
    private final RunStore runs;
    private final RangeStore ranges;
    private final RunProgress progress;

    Precedence(Jdbi jdbi, RunStore runs) {
        this.jdbi = jdbi;
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

    /** Holds the open run of a key type, if one is running; returns what kept it from that, if something did. */
    public Optional<String> hold(KeyType type) {
        return attempt(() -> runs.open(type).ifPresent(run -> move(run.id(), RunState.RUNNING, RunState.PAUSED)));
    }

    /** The runs that are running, except those of the named key types. */
    public List<RunId> others(Set<String> exceptTypes) {
        return runs.running(exceptTypes);
    }

    /** Holds a run, if it is running; returns what kept it from that, if something did. */
    public Optional<String> hold(RunId run) {
        return attempt(() -> move(run, RunState.RUNNING, RunState.PAUSED));
    }

    private static Optional<String> attempt(Runnable change) {
        try {
            change.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(Failures.describe(e));
        }
    }

    /** A worker that stands still may hold the run's row. */
    private void move(RunId run, RunState from, RunState to) {
        try {
            jdbi.<Boolean, SQLException>inTransaction(
                    handle -> PATIENCE.bound(handle.getConnection(), () -> runs.move(handle, run, List.of(from), to)));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    /** The newest run for values under a key that was under way at a moment or later, by the database's clock. */
    public Optional<RunId> since(KeyId key, Instant moment) {
        return runs.lastWith(key, moment);
    }

    /** Lets a run that was held go on, if it waits; returns what kept it from that, if something did. */
    public Optional<String> release(RunId run) {
        return attempt(() -> move(run, RunState.PAUSED, RunState.RUNNING));
    }

    /** The same for the open run of a key type. */
    public Optional<String> release(KeyType type) {
        return attempt(() -> runs.open(type).ifPresent(run -> move(run.id(), RunState.PAUSED, RunState.RUNNING)));
    }

    public Standing standing(RunId id) {
        Run run = runs.get(id);
        long quarantined = ranges.quarantined(id).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return new Standing(run.state(), run.failure(), progress.tables(id), quarantined);
    }
}
