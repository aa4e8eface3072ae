package io.reseal.keys;

import io.reseal.SealingRefusedException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.TwoClocks.Moment;
import java.nio.channels.ClosedByInterruptException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest keyring that this node has read, and how long it may be relied on. A load that fails, for whatever reason, leaves
 * it as it is.
 *
 * <p>One thread reads for all: whoever waited for it shares its answer, or its failure, if that is younger than the
 * question.
 */
final class KeyringCache {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringCache.class);
    private static final Duration VERIFY_INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_CAUSES = 20;

    private final UnaryOperator<Keyring> load;
    private final LongSupplier storedGeneration;
    private final Duration refresh;
    private final Duration lease;
    private final TwoClocks clocks;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Reading newest;
    private volatile @Nullable Failure failure;
    private volatile @Nullable TamperedKeyStoreException tampering;
    private volatile boolean readsInPassing = true;

    /** Guarded by {@link #reading}. */
    private final AbsentKeys absent;

    /**
     * @param load reads everything; its argument is the keyring before, whose ciphers it may use again
     */
    KeyringCache(
            UnaryOperator<Keyring> load, LongSupplier storedGeneration, Duration refresh, Duration lease, Clock clock) {
        this.load = load;
        this.storedGeneration = storedGeneration;
        this.refresh = refresh;
        this.lease = lease;
        this.clocks = new TwoClocks(clock);
        this.absent = new AbsentKeys(clocks);
        Moment asked = clocks.now();
        this.newest = new Reading(load.apply(Keyring.EMPTY), asked, asked);
    }

    /** A keyring, the moment before it was asked for, and the one before all of it was read. */
    private record Reading(Keyring keyring, Moment asked, Moment verified) {}

    /** Why the store was not read, and the moment when that was known. */
    private record Failure(RuntimeException cause, Moment known) {}

    /** At most one refresh interval old while the store answers, else whatever was read last. */
    Keyring current() {
        if (readsInPassing) {
            readIfDue();
        }
        return newest.keyring();
    }

    /** Another thread calls {@link #readIfDue} from now on. */
    void leaveReadingInPassing() {
        readsInPassing = false;
    }

    /** Reads if a refresh interval has passed and nobody else does; a failure is only logged. */
    void readIfDue() {
        if (isDue() && reading.tryLock()) {
            try {
                read(false);
            } catch (TamperedKeyStoreException e) {
                LOG.debug("Reported when it was found", e);
            } catch (RuntimeException e) {
                LOG.warn("The keys could not be read; sealing stops when the last answer is {} old", lease, e);
            } finally {
                reading.unlock();
            }
        }
    }

    /** What was found when the store was read last, if somebody else had written to it. */
    Optional<TamperedKeyStoreException> tampering() {
        return Optional.ofNullable(tampering);
    }

    /** Less than a lease old and fit for sealing, or an exception. */
    Keyring leased() {
        Moment asked = clocks.now();
        current();
        TamperedKeyStoreException found = tampering;
        if (found != null) {
            throw refused(found);
        }
        try {
            Keyring answer = age().compareTo(lease) < 0 ? newest.keyring() : within(lease, readInTime(asked));
            answer.requireCurrent();
            return answer;
        } catch (SealingRefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /** Waits at most a lease for the thread that reads: what it hears later would be too old. */
    private Reading readInTime(Moment asked) {
        try {
            if (!reading.tryLock(lease.toNanos(), TimeUnit.NANOSECONDS)) {
                throw refused(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(e);
        }
        try {
            return readSince(asked, false);
        } finally {
            reading.unlock();
        }
    }

    /** As the store is now, all of it read and verified. */
    Keyring refresh() {
        return readSince(clocks.now(), true).keyring();
    }

    /**
     * Looks in the store for an unknown key, at most once a second. A key id that the store did not hold less than a second
     * ago is not looked for again.
     */
    Keyring lookFor(int tinkKeyId) {
        Moment asked = clocks.now();
        reading.lock();
        try {
            if (!newest.keyring().holds(tinkKeyId) && !isKnownAbsent(tinkKeyId, asked)) {
                throwFailureSince(asked);
                absent.awaitNextLook();
                read(false);
                if (!newest.keyring().holds(tinkKeyId)) {
                    absent.add(tinkKeyId);
                }
            }
            return newest.keyring();
        } finally {
            reading.unlock();
        }
    }

    private boolean isKnownAbsent(int tinkKeyId, Moment asked) {
        boolean readSinceAsked = !newest.asked().isBefore(asked);
        return readSinceAsked || absent.contains(tinkKeyId, newest.asked());
    }

    /** A reading that was asked for at {@code asked} or later. */
    private Reading readSince(Moment asked, boolean entirely) {
        reading.lock();
        try {
            if ((entirely ? newest.verified() : newest.asked()).isBefore(asked)) {
                throwFailureSince(asked);
                read(entirely);
            }
            return newest;
        } finally {
            reading.unlock();
        }
    }

    private void throwFailureSince(Moment asked) {
        Failure latest = failure;
        if (latest != null && !latest.known().isBefore(asked)) {
            throw latest.cause();
        }
    }

    /** Reads everything if the generation says so, or has to: an edit by hand leaves the generation as it is. */
    private void read(boolean entirely) {
        Moment asked = clocks.now();
        try {
            Reading before = newest;
            boolean changed = storedGeneration.getAsLong() != before.keyring().generation();
            if (changed
                    || entirely
                    || tampering != null
                    || clocks.since(before.verified()).compareTo(VERIFY_INTERVAL) >= 0) {
                newest = new Reading(load.apply(before.keyring()), asked, asked);
                tampering = null;
            } else {
                newest = new Reading(before.keyring(), asked, before.verified());
            }
            if (changed) {
                absent.clear();
            }
        } catch (RuntimeException e) {
            if (e instanceof TamperedKeyStoreException found) {
                report(found);
                tampering = found;
            }
            if (!isInterruption(e)) {
                failure = new Failure(e, clocks.now());
            }
            throw e;
        }
    }

    /** Once, however often it is found again. */
    private void report(TamperedKeyStoreException found) {
        TamperedKeyStoreException before = tampering;
        if (before == null || !before.findings().equals(found.findings())) {
            LOG.error("Nothing is sealed on this node. {}", found.getMessage());
        }
    }

    /** An interrupted thread learns nothing about the store that another thread should hear. */
    private static boolean isInterruption(Throwable failure) {
        return Thread.currentThread().isInterrupted()
                || Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .limit(MAX_CAUSES)
                        .anyMatch(e -> e instanceof InterruptedException || e instanceof ClosedByInterruptException);
    }

    /** Whether a refresh interval has passed since the store last answered or failed to. */
    private boolean isDue() {
        Failure latest = failure;
        return age().compareTo(refresh) >= 0
                && (latest == null || clocks.since(latest.known()).compareTo(refresh) >= 0);
    }

    /** A store that takes longer than a lease to answer tells nothing about now. */
    private Keyring within(Duration limit, Reading answer) {
        if (clocks.since(answer.asked()).compareTo(limit) >= 0) {
            throw refused(null);
        }
        return answer.keyring();
    }

    private SealingRefusedException refused(@Nullable Throwable cause) {
        if (cause instanceof TamperedKeyStoreException) {
            return new SealingRefusedException("Nothing is sealed. " + cause.getMessage(), cause);
        }
        return new SealingRefusedException(
                "The key store's last answer is " + age().toMillis() + " ms old (the lease is " + lease.toMillis()
                        + " ms): nothing is sealed until it answers again, because the active key may have been retired."
                        + " Check the database behind reseal.keystore, and the KEK",
                cause);
    }

    private Duration age() {
        return clocks.since(newest.asked());
    }
}
