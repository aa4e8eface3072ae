package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.reencrypt.IncidentClaims;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with open incidents, whichever node began them: looks at once, and then again and again until it is closed. Of all nodes one at a
 * time goes on with an incident. While there is none, a look asks the database nothing.
 */
final class IncidentWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(IncidentWatch.class);
    private static final int MAX_DOUBLINGS = 6;
    private static final Duration STOP = Duration.ofSeconds(5);

    private final IncidentStore store;
    private final IncidentClaims claims;
    private final EmergencyWork work;
    private final Predicate<KeyId> goOn;
    private final Duration interval;
    private final Map<KeyId, Pause> pauses = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(IncidentWatch::daemon);

    /** @param goOn does what an incident lacks, and says whether that was of use */
    IncidentWatch(
            IncidentStore store, IncidentClaims claims, EmergencyWork work, Predicate<KeyId> goOn, Duration interval) {
        this.store = store;
        this.claims = claims;
        this.work = work;
        this.goOn = goOn;
        this.interval = interval;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "reseal-incidents");
        thread.setDaemon(true);
        return thread;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // quietly lets nothing escape that would have to be looked for
    void start() {
        if (!interval.isZero()) {
            clockwork.scheduleWithFixedDelay(this::quietly, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void quietly() {
        try {
            store.known().stream()
                    .filter(Incident::isUnfinished)
                    .map(Incident::key)
                    .forEach(this::look);
        } catch (RuntimeException e) {
            LOG.debug("Open incidents were not looked at; the next look comes in {}", interval, e);
        }
    }

    /** The claim is kept as long as there is something to do. */
    private void look(KeyId key) {
        if (claims.take(Incident.id(key)) && !work.isBusyWith(key) && isDue(key)) {
            work.add(key, () -> goOn(key));
        }
    }

    private void goOn(KeyId key) {
        Pause pause = pauses.getOrDefault(key, Pause.NONE);
        pauses.put(key, pause.longer(interval));
        if (goOn.test(key)) {
            pauses.remove(key);
        }
    }

    private boolean isDue(KeyId key) {
        return pauses.getOrDefault(key, Pause.NONE).isOver();
    }

    /** What was of no use is done again after a while, and each time after a longer one. */
    private record Pause(int doublings, long since, Duration duration) {

        static final Pause NONE = new Pause(0, 0, Duration.ZERO);

        Pause longer(Duration interval) {
            return new Pause(
                    Math.min(doublings + 1, MAX_DOUBLINGS), System.nanoTime(), interval.multipliedBy(1L << doublings));
        }

        boolean isOver() {
            return duration.isZero() || System.nanoTime() - since >= duration.toNanos();
        }
    }

    /** Others may go on at once. */
    @Override
    public void close() {
        clockwork.shutdownNow();
        try {
            // a look that is under way would claim again what is released
            if (clockwork.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                claims.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("The claims of this node run out by themselves", e);
        }
    }
}
