package io.reseal.keys;

import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.TwoClocks.Moment;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node read last, and the next reading. A reading that fails, for whatever reason, leaves the one before as it is.
 * From its first sealing on, this node renews its lease with each reading, so that the other nodes know which
 * generation it holds.
 *
 * <p>One thread at a time may read; every thread sees what it read.
 */
final class LatestReading {

    private static final Logger LOG = LoggerFactory.getLogger(LatestReading.class);
    private static final Duration VERIFY_INTERVAL = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 5;

    private final KeyringSource source;
    private final TwoClocks clocks;
    private volatile Reading newest;
    private volatile @Nullable Failure failure;
    private volatile @Nullable TamperedKeyStoreException tampering;
    private volatile @Nullable String failing;
    private volatile boolean seals;
    private volatile boolean closed;

    LatestReading(KeyringSource source, TwoClocks clocks) {
        this.source = source;
        this.clocks = clocks;
        Moment asked = clocks.now();
        this.newest = new Reading(source.load(Keyring.EMPTY), asked, asked, null);
    }

    /** Why the store was not read, and the moment when that was known. */
    private record Failure(RuntimeException cause, Moment known) {}

    Reading newest() {
        return newest;
    }

    /** What was found when the store was read last, if somebody else had written to it. */
    Optional<TamperedKeyStoreException> tampering() {
        return Optional.ofNullable(tampering);
    }

    /** Why the store could not be read the last time, whoever tampered with it left aside. */
    Optional<String> failing() {
        return Optional.ofNullable(failing);
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

    /** Renews no lease from now on. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether this node may seal for now. */
    boolean isLeased(Reading reading, Duration lease) {
        Moment leased = reading.leased();
        return leased != null && !closed && clocks.since(leased).compareTo(lease) < 0;
    }

    /** Whether the store last answered or failed to so long ago, or longer. */
    boolean isOlderThan(Duration age) {
        Failure latest = failure;
        return age().compareTo(age) >= 0
                && (latest == null || clocks.since(latest.known()).compareTo(age) >= 0);
    }

    /** How long ago the store was asked when it answered last. */
    Duration age() {
        return clocks.since(newest.asked());
    }

    /** Whether the last reading failed. */
    boolean isFailing() {
        Failure latest = failure;
        return latest != null && newest.asked().isBefore(latest.known());
    }

    void throwFailureSince(Moment asked) {
        Failure latest = failure;
        if (latest != null && !latest.known().isBefore(asked)) {
            throw latest.cause();
        }
    }

    /** Reads everything if the generation says so, or has to: an edit by hand leaves the generation as it is. */
    void read(boolean entirely) {
        Moment asked = clocks.now();
        try {
            if (seals && !closed) {
                readAndRenew(entirely, asked);
            } else {
                take(source.generation(), entirely, asked);
            }
            failing = null;
        } catch (RuntimeException e) {
            keep(e);
            throw e;
        }
    }

    private void readAndRenew(boolean entirely, Moment asked) {
        long held = newest.generation();
        long stored = source.renew(held);
        take(stored, entirely, asked);
        if (stored == held && newest.generation() == held) {
            newest = newest.renewed(asked);
        } else {
            acknowledge();
        }
    }

    private void take(long stored, boolean entirely, Moment asked) {
        Reading before = newest;
        if (stored != before.generation() || entirely || tampering != null || isVerificationDue(before)) {
            newest = before.replaced(source.load(before.keyring()), asked);
            tampering = null;
        } else {
            newest = before.confirmed(asked);
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

    private void keep(RuntimeException thrown) {
        if (thrown instanceof TamperedKeyStoreException found) {
            report(found);
            tampering = found;
            failing = null;
        } else if (!Interruption.isBehind(thrown)) {
            failing = "The key store could not be read the last time: " + thrown.getMessage();
        }
        if (!Interruption.isBehind(thrown)) {
            failure = new Failure(thrown, clocks.now());
        }
    }

    /** Once, however often it is found again. */
    private void report(TamperedKeyStoreException found) {
        TamperedKeyStoreException before = tampering;
        if (before == null || !before.findings().equals(found.findings())) {
            LOG.error("Nothing is sealed on this node. {}", found.getMessage());
        }
    }
}
