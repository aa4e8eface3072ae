package io.reseal.keys;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.TwoClocks.Moment;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of the threads reads the key store, and how long what was read may be relied on: for sealing, as long as this node has a
 * lease, counted from before its renewal was sent.
 *
 * <p>One thread reads for all: whoever waited for it shares its answer, or its failure, if that is younger than the
 * question.
 */
final class KeyringCache {

    private static final Logger LOG = LoggerFactory.getLogger(KeyringCache.class);

    /** Looks for unknown keys come a second apart, and a store may be slow. */
    private static final Duration MIN_PATIENCE = Duration.ofSeconds(10);

    private final Duration refresh;
    private final Duration lease;
    private final Duration patience;
    private final TwoClocks clocks;
    private final LatestReading latest;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean readsInPassing = true;

    /** Guarded by {@link #reading}. */
    private final AbsentKeys absent;

    KeyringCache(KeyringSource source, Times times, Clock clock) {
        this.refresh = times.refresh();
        this.lease = times.lease();
        this.patience = times.patience();
        this.clocks = new TwoClocks(clock);
        this.absent = new AbsentKeys(clocks);
        this.latest = new LatestReading(source, clocks);
    }

    /** @param patience how long a thread that does not seal waits for the one that reads */
    record Times(Duration refresh, Duration lease, Duration patience) {

        static Times of(ResealSettings settings) {
            Duration lease = settings.lease();
            return new Times(settings.refresh(), lease, lease.compareTo(MIN_PATIENCE) > 0 ? lease : MIN_PATIENCE);
        }
    }

    /** At most one refresh interval old while the store answers, else whatever was read last. */
    Keyring current() {
        if (readsInPassing) {
            readIfDue();
        }
        return latest.newest().keyring();
    }

    /** Whatever was read last. */
    Keyring present() {
        return latest.newest().keyring();
    }

    /** Another thread calls {@link #readIfDue} from now on. */
    void leaveReadingInPassing() {
        readsInPassing = false;
    }

    /** Reads if a refresh interval has passed and nobody else does; a failure is only logged. */
    void readIfDue() {
        if (latest.isOlderThan(refresh) && reading.tryLock()) {
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
        return latest.tampering();
    }

    /** Why the store could not be read the last time. */
    Optional<String> failing() {
        return latest.failing();
    }

    /** Whether the store has not answered for a lease, though it was asked. */
    boolean isSilent() {
        return tampering().isEmpty() && latest.isFailing() && latest.age().compareTo(lease) >= 0;
    }

    /** Whether neither an answer nor an error has come for so long, though it was not closed. */
    boolean isStuck(Duration time) {
        return !latest.isClosed() && latest.isOlderThan(time);
    }

    /** Since when the store has said nothing, if that is long. */
    Optional<String> silence() {
        return latest.age().compareTo(patience) >= 0
                ? Optional.of(
                        "The key store has not answered for " + latest.age().toSeconds() + " s")
                : Optional.empty();
    }

    /** How this node stands among those that seal. */
    KeyStoreStatus.Lease lease() {
        if (latest.isClosed()) {
            return KeyStoreStatus.Lease.CLOSED;
        }
        if (!seals()) {
            return KeyStoreStatus.Lease.NONE;
        }
        return latest.isLeased(latest.newest(), lease) ? KeyStoreStatus.Lease.RUNNING : KeyStoreStatus.Lease.LAPSED;
    }

    /** Why it seals nothing, if it should have a lease and has none. */
    Optional<String> lapse() {
        return lease() == KeyStoreStatus.Lease.LAPSED ? Optional.of(noLease()) : Optional.empty();
    }

    /** This node is one that seals from now on: the other nodes hear of it with the next reading. */
    void beginSealing() {
        latest.beginSealing();
    }

    /** Whether the other nodes may know of this one. */
    boolean seals() {
        return latest.seals();
    }

    /** Seals nothing from now on. */
    void close() {
        latest.close();
    }

    /** Under a lease of this node's and fit for sealing, or an exception. */
    Keyring leased() {
        if (latest.isClosed()) {
            throw refused(null);
        }
        Moment asked = clocks.now();
        beginSealing();
        current();
        Optional<TamperedKeyStoreException> found = tampering();
        if (found.isPresent()) {
            throw refused(found.get());
        }
        try {
            Reading present = latest.newest();
            Reading answer = latest.isLeased(present, lease) ? present : readInTime(asked);
            answer.keyring().requireCurrent();
            if (!latest.isLeased(answer, lease)) {
                throw refused(null); // the store took longer than a lease to answer: that tells nothing about now
            }
            return answer.keyring();
        } catch (SealingRefusedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /** Waits at most a lease for the thread that reads: what it hears later would be too old. */
    private Reading readInTime(Moment asked) {
        awaitTurn(lease);
        try {
            return readSince(asked, false);
        } finally {
            reading.unlock();
        }
    }

    /** Takes the lock. The thread that holds it may itself wait for a connection that those hold who wait for it. */
    private void awaitTurn(Duration atMost) {
        try {
            if (!reading.tryLock() && !reading.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new KeyStoreUnavailableException(
                        "Another thread of this node has been reading the key store for " + atMost.toMillis()
                                + " ms, and was waited for in vain. Try again; check the database behind"
                                + " reseal.keystore, and the KEK",
                        new TimeoutException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyStoreUnavailableException(
                    "This thread was interrupted while it waited for the one that reads the key store", e);
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
        awaitTurn(patience);
        try {
            if (!holds(tinkKeyId) && !isKnownAbsent(tinkKeyId, asked)) {
                latest.throwFailureSince(asked);
                absent.awaitNextLook();
                read(false);
                if (!holds(tinkKeyId)) {
                    absent.add(tinkKeyId);
                }
            }
            return latest.newest().keyring();
        } finally {
            reading.unlock();
        }
    }

    private boolean holds(int tinkKeyId) {
        return latest.newest().keyring().holds(tinkKeyId);
    }

    private boolean isKnownAbsent(int tinkKeyId, Moment asked) {
        Moment known = latest.newest().asked();
        return !known.isBefore(asked) || absent.contains(tinkKeyId, known);
    }

    /** A reading that was asked for at {@code asked} or later. */
    private Reading readSince(Moment asked, boolean entirely) {
        awaitTurn(patience);
        try {
            Reading newest = latest.newest();
            Moment known = entirely ? newest.verified() : newest.asked();
            boolean joins = seals() && newest.leased() == null;
            if (known.isBefore(asked) || joins) {
                latest.throwFailureSince(asked);
                read(entirely);
            }
            return latest.newest();
        } finally {
            reading.unlock();
        }
    }

    /** Under the lock. */
    private void read(boolean entirely) {
        long before = latest.newest().generation();
        latest.read(entirely);
        if (latest.newest().generation() != before) {
            absent.clear();
        }
    }

    private SealingRefusedException refused(@Nullable Throwable cause) {
        if (cause instanceof TamperedKeyStoreException) {
            return new SealingRefusedException("Nothing is sealed. " + cause.getMessage(), cause);
        }
        if (latest.isClosed()) {
            return new SealingRefusedException("The keys are closed: nothing is sealed any more", cause);
        }
        return new SealingRefusedException(noLease(), cause);
    }

    private String noLease() {
        return "This node has no lease: the key store's last answer is "
                + latest.age().toMillis() + " ms old (the lease is " + lease.toMillis()
                + " ms). Nothing is sealed until it answers again, because the active key may"
                + " have been retired. Check the database behind reseal.keystore, and the KEK";
    }
}
