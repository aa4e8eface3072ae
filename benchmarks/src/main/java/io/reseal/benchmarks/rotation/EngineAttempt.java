package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of the engine. Its work is over when every range of the table is done, which the run's own progress tells, asked
 * every {@value #LOOK_MILLIS} ms; what it waits for afterwards, before it may prove, is not the engine's speed.
 */
final class EngineAttempt implements Attempt {

    private static final long LOOK_MILLIS = 20;
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Database database;
    private final KeyRotation rotation;
    private final Supplier<Reencryption> start;
    private final long rows;
    private @Nullable Reencryption run;

    EngineAttempt(Database database, KeyRotation rotation, Supplier<Reencryption> start, long rows) {
        this.database = database;
        this.rotation = rotation;
        this.start = start;
        this.rows = rows;
    }

    @Override
    public void work() {
        Reencryption started = start.get();
        run = started;
        Progress end = await(started);
        WrongRunException.require(
                end.changed() == rows && end.quarantined() == 0,
                "The engine says that it changed " + end.changed() + " rows of " + rows + " and quarantined "
                        + end.quarantined());
    }

    private static Progress await(Reencryption run) {
        long deadline = System.nanoTime() + LONGEST_NANOS;
        Progress now = run.progress();
        while (now.rangesDone() < now.rangesTotal()) {
            requireGoingOn(now, deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            now = run.progress();
        }
        return now;
    }

    private static void requireGoingOn(Progress now, long deadline) {
        WrongRunException.require(
                now.state() == RunState.RUNNING && System.nanoTime() < deadline,
                "The engine stopped: " + now.state() + ", " + now.failure().orElse("no failure"));
    }

    @Override
    public Optional<Duration> finish() {
        Reencryption started = started();
        long deadline = System.nanoTime() + LONGEST_NANOS;
        try (VerificationWatch watch = VerificationWatch.on(database)) {
            Progress now = started.progress();
            while (now.state() != RunState.COMPLETED) {
                requireGoingOn(now, deadline);
                watch.look();
                now = started.progress();
            }
            WrongRunException.require(
                    !started.proofs().isEmpty() && started.proofs().stream().allMatch(Proof::holds),
                    "The engine's own proof does not hold");
            return Optional.of(watch.duration());
        }
    }

    private Reencryption started() {
        if (run == null) {
            throw new IllegalStateException("The run was not started");
        }
        return run;
    }

    @Override
    public void close() {
        if (run != null) {
            run.close();
        }
        rotation.close();
    }
}
