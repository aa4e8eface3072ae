package io.reseal.rotation.internal.metric;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.PolicyInForce;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was measured within the last seconds. A scrape asks for a hundred numbers: the first has them all read, on a thread of its own, and
 * waits a little; a database that does not answer costs nobody more than that, and is asked once at a time. Safe for use by several threads.
 */
public final class Readings {

    private static final Logger LOG = LoggerFactory.getLogger(Readings.class);
    private static final long KEPT = TimeUnit.SECONDS.toNanos(10);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final MeterStatement statement;
    private final KeyRegistry keys;
    private final LongSupplier nanos;
    private CompletableFuture<Measured> latest;
    private long asked;
    private boolean isWaitedFor;

    /**
     * @param database holds the rotation schema
     * @param nanos a monotonic clock
     */
    public Readings(ResealDatabase database, KeyRegistry keys, LongSupplier nanos) {
        this.statement = new MeterStatement(database);
        this.keys = keys;
        this.nanos = nanos;
        this.latest = new CompletableFuture<>();
        this.latest.cancel(false);
        this.asked = nanos.getAsLong() - KEPT;
    }

    /** The key types of which keys may be made. */
    public List<KeyType> types() {
        return keys.types().all();
    }

    /** What the policy of a key type asks for, as this node knows it; empty before the first key. Asks nobody. */
    public Optional<KeyPolicy> policy(KeyType type) {
        return PolicyInForce.of(keys.keyring(), type).map(PolicyInForce::policy);
    }

    /** What was measured lately; empty if the database did not answer. */
    public Optional<Measured> latest() {
        return waited(current());
    }

    private synchronized CompletableFuture<Measured> current() {
        if (latest.isDone() && nanos.getAsLong() - asked >= KEPT) {
            asked = nanos.getAsLong();
            latest = begun();
            isWaitedFor = false;
        }
        return latest;
    }

    private CompletableFuture<Measured> begun() {
        CompletableFuture<Measured> reading = new CompletableFuture<>();
        Thread thread = new Thread(() -> read(reading), "reseal-metrics");
        thread.setDaemon(true);
        thread.start();
        return reading;
    }

    private void read(CompletableFuture<Measured> reading) {
        try {
            reading.complete(statement.read());
        } catch (RuntimeException e) {
            LOG.debug("Nothing was measured: {}", e.getClass().getName());
            reading.completeExceptionally(e);
        }
    }

    /** Only one number of a scrape waits, and the others take what is there. */
    private Optional<Measured> waited(CompletableFuture<Measured> reading) {
        try {
            return Optional.of(reading.get(isFirst() ? PATIENCE.toMillis() : 0, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException | CancellationException e) {
            return Optional.empty();
        }
    }

    private synchronized boolean isFirst() {
        boolean isFirst = !isWaitedFor;
        isWaitedFor = true;
        return isFirst;
    }
}
