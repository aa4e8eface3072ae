package io.reseal.keys;

import io.reseal.ResealException;
import io.reseal.SealingRefusedException;
import io.reseal.keys.TwoClocks.Moment;
import io.reseal.keys.spi.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What this node does under one key version. Every encryption is reserved in the key store before it happens, in blocks that
 * grow with the rate: a crash loses what was left of them, so that the store's number is never too small. Safe for use by
 * several threads.
 */
final class VersionUsage {

    /** The least and the greatest number of encryptions that are reserved at once. */
    static final long MIN_BLOCK = 1L << 10;

    static final long MAX_BLOCK = 1L << 20;

    private static final int STEP = 4;
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final KeyId key;
    private final KeyStore store;
    private final TwoClocks clocks;
    private final Duration patience;
    private final Allowance allowance = new Allowance();
    private final LongAdder opened = new LongAdder();
    private final ReentrantLock reserving = new ReentrantLock();
    private volatile boolean seals;

    /** Guarded by {@link #reserving}, as are the next two. */
    private long block = MIN_BLOCK;

    private @Nullable Moment reserved;
    private @Nullable Failure failure;

    /** Guarded by the book that this is in. */
    private long settledSealed;

    private long settledOpened;

    /** @param patience how long a thread waits for another one that reserves */
    VersionUsage(KeyId key, KeyStore store, TwoClocks clocks, Duration patience) {
        this.key = key;
        this.store = store;
        this.clocks = clocks;
        this.patience = patience;
    }

    /** Why nothing was reserved, and the moment when that was known. */
    private record Failure(ResealException cause, Moment known) {}

    KeyId key() {
        return key;
    }

    /** Whether anything was sealed under it here. */
    boolean seals() {
        return seals;
    }

    /**
     * One value is about to be sealed.
     *
     * @return whether the key store was waited for: meanwhile the key may have been retired
     * @throws SealingRefusedException if nothing is reserved any more, and the key store does not answer, or not in time
     */
    boolean seal() {
        boolean waits = !allowance.take();
        if (waits) {
            takeReserving();
        }
        return waits;
    }

    void opened() {
        opened.increment();
    }

    private void takeReserving() {
        seals = true;
        Moment asked = clocks.now();
        while (!allowance.take()) {
            reserve(asked);
        }
    }

    /** One thread reserves for all that wait; they share its failure too. */
    private void reserve(Moment asked) {
        awaitTurn(asked);
        try {
            if (failure != null && !failure.known().isBefore(asked)) {
                throw refused(failure.cause());
            }
            if (allowance.common() == 0) {
                extend();
            }
        } catch (SealingRefusedException e) {
            throw e;
        } catch (ResealException e) {
            failure = new Failure(e, clocks.now());
            throw refused(e);
        } finally {
            reserving.unlock();
        }
    }

    /**
     * Who reserves may wait for a connection that those who wait for it hold, so they give up. The lease under which they
     * began is over by then.
     */
    private void awaitTurn(Moment asked) {
        try {
            Duration left = patience.minus(clocks.since(asked));
            if (!reserving.tryLock(left.toNanos(), TimeUnit.NANOSECONDS)) {
                throw tooSlow(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooSlow(e);
        }
    }

    /** Reserves more when half of a block is gone, so that who seals need not wait. */
    void reserveAhead() {
        if (reserving.tryLock()) {
            try {
                if (allowance.common() < block / 2) {
                    extend();
                }
            } finally {
                reserving.unlock();
            }
        }
    }

    private void extend() {
        block = nextBlock();
        store.reserveUsage(key, block);
        allowance.grant(block);
        reserved = clocks.now();
    }

    private long nextBlock() {
        if (reserved == null) {
            return block;
        }
        Duration lasted = clocks.since(reserved);
        if (lasted.compareTo(SHORT) < 0) {
            return Math.min(MAX_BLOCK, block * STEP);
        }
        return lasted.compareTo(LONG) > 0 ? Math.max(MIN_BLOCK, block / STEP) : block;
    }

    /** Hands on what was done since the last time; what {@code writer} fails to take is handed to it again. */
    void settle(ObjLongConsumer<Direction> writer) {
        long sealedNow = allowance.taken();
        if (sealedNow > settledSealed) {
            writer.accept(Direction.SEAL, sealedNow - settledSealed);
            settledSealed = sealedNow;
        }
        long openedNow = opened.sum();
        if (openedNow > settledOpened) {
            writer.accept(Direction.OPEN, openedNow - settledOpened);
            settledOpened = openedNow;
        }
    }

    private SealingRefusedException tooSlow(@Nullable InterruptedException cause) {
        return new SealingRefusedException(
                "Encryptions under the key " + key + " could not be reserved within " + patience.toMillis()
                        + " ms, because another thread of this node waits for the key store to reserve some. Try again. If this"
                        + " lasts, check the database behind reseal.keystore for locks, and whether its connection pool is used up",
                cause);
    }

    private SealingRefusedException refused(ResealException cause) {
        return new SealingRefusedException(
                "Every encryption that was reserved under the key " + key + " is used up, and the key store did not"
                        + " reserve more: nothing is sealed until it does, because the number of encryptions under one"
                        + " key is limited. Check the database behind reseal.keystore",
                cause);
    }
}
