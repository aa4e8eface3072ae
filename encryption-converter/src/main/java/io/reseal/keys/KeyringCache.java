package io.reseal.keys;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.SealingRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest keyring that this node has read, and how long it may be relied on. */
final class KeyringCache {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringCache.class);
    private static final long LOOK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_ABSENT = 10_000;

    private final Supplier<Keyring> load;
    private final LongSupplier storedGeneration;
    private final Duration refresh;
    private final Duration lease;
    private final Clock clock;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Reading newest;

    /** Key ids that the store does not hold at the newest generation; guarded by {@link #reading}. */
    private final Set<Integer> absent = new HashSet<>();

    private long lastLookNanos = System.nanoTime() - LOOK_INTERVAL_NANOS;

    KeyringCache(Supplier<Keyring> load, LongSupplier storedGeneration, Duration refresh, Duration lease, Clock clock) {
        this.load = load;
        this.storedGeneration = storedGeneration;
        this.refresh = refresh;
        this.lease = lease;
        this.clock = clock;
        Moment asked = moment();
        this.newest = new Reading(load.get(), asked);
    }

    /** A moment on both clocks: a lease lapses when either says so. */
    private record Moment(long wallMillis, long nanos) {}

    /** A keyring, and the moment before it was asked for. */
    private record Reading(Keyring keyring, Moment asked) {}

    /** Whatever was read last. */
    Keyring known() {
        return newest.keyring();
    }

    /** At most one refresh interval old while the store answers, else whatever was read last. */
    Keyring current() {
        if (age().compareTo(refresh) >= 0 && reading.tryLock()) {
            try {
                readIfChanged();
            } catch (KeyStoreUnavailableException e) {
                LOG.warn("The key store did not answer; sealing stops when its last answer is {} old", lease, e);
            } finally {
                reading.unlock();
            }
        }
        return newest.keyring();
    }

    /** Less than a lease old, or an exception. */
    Keyring leased() {
        Keyring keyring = current();
        if (age().compareTo(lease) < 0) {
            return keyring;
        }
        try {
            return refresh();
        } catch (KeyStoreUnavailableException e) {
            throw new SealingRefusedException(
                    "The key store has not answered for " + age().toMillis() + " ms (the lease is " + lease.toMillis()
                            + " ms): nothing is sealed until it does, because the active key may have been retired",
                    e);
        }
    }

    /** As the store is now. */
    Keyring refresh() {
        reading.lock();
        try {
            readIfChanged();
            return newest.keyring();
        } finally {
            reading.unlock();
        }
    }

    /** Looks in the store for an unknown key: one thread for all, at most once a second, and once per generation. */
    Keyring lookFor(int tinkKeyId) {
        reading.lock();
        try {
            if (!newest.keyring().holds(tinkKeyId) && !(absent.contains(tinkKeyId) && age().compareTo(refresh) < 0)) {
                awaitNextLook();
                readIfChanged();
                if (!newest.keyring().holds(tinkKeyId) && absent.size() < MAX_ABSENT) {
                    absent.add(tinkKeyId);
                }
            }
            return newest.keyring();
        } finally {
            reading.unlock();
        }
    }

    private void awaitNextLook() {
        long wait = lastLookNanos + LOOK_INTERVAL_NANOS - System.nanoTime();
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, wait);
            wait = lastLookNanos + LOOK_INTERVAL_NANOS - System.nanoTime();
        }
        lastLookNanos = System.nanoTime();
    }

    private void readIfChanged() {
        Moment asked = moment();
        if (storedGeneration.getAsLong() == newest.keyring().generation()) {
            newest = new Reading(newest.keyring(), asked);
        } else {
            newest = new Reading(load.get(), asked);
            absent.clear();
        }
    }

    private Duration age() {
        Moment then = newest.asked();
        Moment now = moment();
        long wallNanos = TimeUnit.MILLISECONDS.toNanos(now.wallMillis() - then.wallMillis());
        return Duration.ofNanos(Math.max(wallNanos, now.nanos() - then.nanos()));
    }

    private Moment moment() {
        return new Moment(clock.millis(), System.nanoTime());
    }
}
