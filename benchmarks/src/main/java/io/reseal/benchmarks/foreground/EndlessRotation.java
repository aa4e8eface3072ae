package io.reseal.benchmarks.foreground;

import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Sealing;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Rotates the key again whenever nothing is left to re-encrypt, and keeps a record of the rows. */
final class EndlessRotation implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration WARM_UP = Duration.ofMinutes(5);

    private final KeyRotation rotation;
    private final Connection connection;
    private final List<Sample> samples = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread watch = new Thread(this::watch, "watch");
    private Reencryption run;
    private boolean isPaused = true;
    private Optional<Exception> failure = Optional.empty();

    EndlessRotation(Database database) throws SQLException {
        rotation = KeyRotation.open(database.settings());
        connection = database.connect();
        warmUp();
        run = next();
        run.pause();
        watch.start();
    }

    /**
     * How many rows all runs had re-encrypted at a moment, and how the newest one went.
     *
     * @param isPaused by the benchmark
     */
    record Sample(long nanos, long rows, RunState state, boolean isPaused, Pacing pacing) {}

    /** Once over the whole table while nobody else is there: afterwards the JVM has compiled what is measured. */
    private void warmUp() {
        rotation.rotate(Sealing.KEY_TYPE, "benchmark", "to warm up");
        ReencryptionOptions fast = ReencryptionOptions.defaults().withWorkers(1).withEffort(Effort.FULL);
        try (Reencryption warming = rotation.reencrypt(Sealing.KEY_TYPE, fast)) {
            warming.await(WARM_UP);
        }
    }

    private Reencryption next() {
        rotation.rotate(Sealing.KEY_TYPE, "benchmark", "to have something to re-encrypt");
        return rotation.reencrypt(Sealing.KEY_TYPE, ReencryptionOptions.defaults());
    }

    synchronized void resume() {
        isPaused = false;
        run.resume();
    }

    synchronized void pause() {
        isPaused = true;
        run.pause();
    }

    /** @throws IllegalStateException if the rotation or the count of its rows has failed */
    synchronized List<Sample> samples() {
        if (failure.isPresent()) {
            throw new IllegalStateException("The rotation was not watched to its end", failure.get());
        }
        return List.copyOf(samples);
    }

    private void watch() {
        try (PreparedStatement rows = connection.prepareStatement("SELECT SUM(rows_changed) FROM reseal_range")) {
            while (!over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look(rows);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException e) {
            synchronized (this) {
                failure = Optional.of(e);
            }
        }
    }

    private void look(PreparedStatement rows) throws SQLException {
        long changed;
        try (ResultSet row = rows.executeQuery()) {
            row.next();
            changed = row.getLong(1);
        }
        synchronized (this) {
            Progress progress = run.progress();
            samples.add(new Sample(System.nanoTime(), changed, progress.state(), isPaused, progress.pacing()));
            if (progress.state() == RunState.COMPLETED) {
                run.close();
                run = next();
                if (isPaused) {
                    run.pause();
                }
            }
        }
    }

    @Override
    public void close() {
        over.countDown();
        try {
            watch.join();
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            rotation.close();
        }
    }
}
