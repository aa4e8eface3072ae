package io.reseal.keys;

import io.reseal.SealingRefusedException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.TwoClocks.Moment;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest keyring that this node has read, and how long it may be relied on. A load that fails, for whatever reason, leaves
 * it as it is. From its first sealing on, this node has a lease, counted from before its renewal was sent, and the other
 * nodes know which generation it holds.
 *
 * <p>One thread reads for all: whoever waited for it shares its answer, or its failure, if that is younger than the
 * question.
 */
final class KeyringCache {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringCache.class);
    private static final Duration VERIFY_INTERVAL = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;

    private final KeyringSource source;
    private final Duration refresh;
    private final Duration lease;
    private final TwoClocks clocks;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Reading newest;
    private volatile @Nullable Failure failure;
    private volatile @Nullable TamperedKeyStoreException tampering;
    private volatile boolean readsInPassing = true;
    private volatile boolean seals;
    private volatile boolean closed;

    /** Guarded by {@link #reading}. */
    private final AbsentKeys absent;

    KeyringCache(KeyringSource source, Duration refresh, Duration lease, Clock clock) {
        this.source = source;
        this.refresh = refresh;
        this.lease = lease;
        this.clocks = new TwoClocks(clock);
        this.absent = new AbsentKeys(clocks);
        Moment asked = clocks.now();
        this.newest = new Reading(source.load(Keyring.EMPTY), asked, asked, null);
    }

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

    /** This node is one that seals from now on: the other nodes hear of it with the next reading. */
    void beginSealing() {
        if (!seals) {
            seals = true;
        }
    }

    /** Whether the other nodes may know of this one. */
    boolean seals() {
        return seals;
    }

    /** Seals nothing from now on. */
    void close() {
        closed = true;
    }

    /** Under a lease of this node's and fit for sealing, or an exception. */
    Keyring leased() {
        if (closed) {
            throw refused(null);
        }
        Moment asked = clocks.now();
        beginSealing();
        current();
        TamperedKeyStoreException found = tampering;
        if (found != null) {
            throw refused(found);
        }
        try {
            Reading present = newest;
            Reading answer = isLeased(present) ? present : readInTime(asked);
            answer.keyring().requireCurrent();
            if (!isLeased(answer)) {
                throw refused(null);
            }
            return answer.keyring();
        } catch (SealingRefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /** A store that takes longer than a lease to answer tells nothing about now. */
    private boolean isLeased(Reading reading) {
        Moment leased = reading.leased();
        return leased != null && !closed && clocks.since(leased).compareTo(lease) < 0;
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
            Moment known = entirely ? newest.verified() : newest.asked();
            if (known.isBefore(asked) || seals && newest.leased() == null) {
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
            boolean renews = seals;
            long stored = renews ? source.renew(before.generation()) : source.generation();
            boolean changed = stored != before.generation();
            boolean loads = changed || entirely || tampering != null || isVerificationDue(before);
            newest = loads ? before.replaced(source.load(before.keyring()), asked) : before.confirmed(asked);
            if (loads) {
                tampering = null;
            }
            if (changed) {
                absent.clear();
            }
            if (renews && !changed && stored == newest.generation()) {
                newest = newest.renewed(asked);
            } else if (renews) {
                acknowledge();
            }
        } catch (RuntimeException e) {
            if (e instanceof TamperedKeyStoreException found) {
                report(found);
                tampering = found;
            }
            if (!Interruption.isBehind(e)) {
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

    /** Tells the other nodes what this one holds, unless they know it; what has changed meanwhile is read first. */
    private void acknowledge() {
        for (int i = 0; i < ATTEMPTS && newest.keyring().refusal().isEmpty(); i++) {
            Moment asked = clocks.now();
            if (source.renew(newest.generation()) == newest.generation()) {
                newest = newest.renewed(asked);
                return;
            }
            newest = newest.replaced(source.load(newest.keyring()), asked);
        }
    }

    private boolean isVerificationDue(Reading reading) {
        return clocks.since(reading.verified()).compareTo(VERIFY_INTERVAL) >= 0;
    }

    /** Whether a refresh interval has passed since the store last answered or failed to. */
    private boolean isDue() {
        Failure latest = failure;
        return age().compareTo(refresh) >= 0
                && (latest == null || clocks.since(latest.known()).compareTo(refresh) >= 0);
    }

    private SealingRefusedException refused(@Nullable Throwable cause) {
        if (cause instanceof TamperedKeyStoreException) {
            return new SealingRefusedException("Nothing is sealed. " + cause.getMessage(), cause);
        }
        if (closed) {
            return new SealingRefusedException("The keys are closed: nothing is sealed any more", cause);
        }
        return new SealingRefusedException(
                "This node has no lease: the key store's last answer is " + age().toMillis() + " ms old (the lease is "
                        + lease.toMillis()
                        + " ms). Nothing is sealed until it answers again, because the active key may"
                        + " have been retired. Check the database behind reseal.keystore, and the KEK",
                cause);
    }

    private Duration age() {
        return clocks.since(newest.asked());
    }
}
