package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.testing.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeyringCacheTest {

    private static final Duration REFRESH = Duration.ofMillis(10);
    private static final Duration LEASE = Duration.ofMillis(200);
    private static final int UNKNOWN = 0x01000007;

    private final TestClock clock = TestClock.standing();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger reads = new AtomicInteger();
    private volatile @Nullable Thread waiter;
    private Duration patience = Duration.ofSeconds(25);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        answer.countDown();
        threads.shutdownNow();
    }

    @Test
    void aSealerWaitsAtMostALeaseForAStoreThatHangs() throws Exception {
        KeyringCache cache = cache(this::hang);
        clock.advance(Duration.ofDays(1));
        threads.execute(cache::refresh);
        asked.await();
        assertThatThrownBy(cache::leased).isInstanceOf(SealingRefusedException.class);
        assertThat(reads).hasValue(1);
    }

    @Test
    void aSealerThatIsInterruptedWhileItWaitsIsRefusedAndStaysInterrupted() throws Exception {
        KeyringCache cache = cache(this::hang);
        clock.advance(Duration.ofDays(1));
        threads.execute(cache::refresh);
        asked.await();
        Thread.currentThread().interrupt();
        assertThatThrownBy(cache::leased).isInstanceOf(SealingRefusedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theFailureOfAnInterruptedThreadIsItsOwn() throws Exception {
        KeyringCache cache = cache(() -> {
            hang();
            if (reads.get() == 1) {
                throw new KeyStoreUnavailableException("interrupted", new InterruptedException());
            }
            return 0;
        });
        Future<Keyring> interrupted = threads.submit(cache::refresh);
        asked.await();
        Future<Keyring> other = threads.submit(() -> asWaiter(cache::refresh));
        answerOnceWaiting();
        assertThatThrownBy(interrupted::get).hasCauseInstanceOf(KeyStoreUnavailableException.class);
        assertThat(other.get().generation()).isZero();
    }

    @Test
    void whoWaitsToLookForAKeySharesTheFailure() throws Exception {
        KeyringCache cache = cache(() -> {
            hang();
            throw new KeyStoreUnavailableException("silent", new IllegalStateException());
        });
        Future<Keyring> first = threads.submit(() -> cache.lookFor(UNKNOWN));
        asked.await();
        Future<Keyring> second = threads.submit(() -> asWaiter(() -> cache.lookFor(UNKNOWN)));
        answerOnceWaiting();
        assertThatThrownBy(first::get).hasCauseInstanceOf(KeyStoreUnavailableException.class);
        assertThatThrownBy(second::get).hasCauseInstanceOf(KeyStoreUnavailableException.class);
        assertThat(reads).hasValue(1);
    }

    @Test
    void whoLooksForAKeyOrReadsWaitsOnlyForAWhileForAThreadThatHangs() throws Exception {
        patience = LEASE;
        KeyringCache cache = cache(this::hang);
        threads.execute(cache::refresh);
        asked.await();
        assertThatThrownBy(() -> cache.lookFor(UNKNOWN))
                .isInstanceOf(KeyStoreUnavailableException.class)
                .hasMessageContainingAll("Another thread", "200 ms", "Try again");
        assertThatThrownBy(cache::refresh).isInstanceOf(KeyStoreUnavailableException.class);
        assertThat(reads).hasValue(1);
    }

    @Test
    void aShortLeaseMakesNobodyImpatientWhoDoesNotSeal() {
        assertThat(KeyringCache.Times.of(settings("PT2S")).patience()).isEqualTo(Duration.ofSeconds(10));
        assertThat(KeyringCache.Times.of(settings("PT25S")).patience()).isEqualTo(Duration.ofSeconds(25));
    }

    private static ResealSettings settings(String lease) {
        return ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.LEASE, lease));
    }

    @Test
    void whoIsInterruptedReadsIfNobodyHasToBeWaitedForAndElseStaysInterrupted() throws Exception {
        KeyringCache cache = cache(() -> reads.incrementAndGet() == 1 ? 0 : hang());
        Thread.currentThread().interrupt();
        assertThat(cache.refresh().generation()).isZero();
        assertThat(Thread.interrupted()).isTrue();
        threads.execute(cache::refresh);
        asked.await();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> cache.lookFor(UNKNOWN))
                .isInstanceOf(KeyStoreUnavailableException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void servesTheNewestKeyringAfterAnyFailureAndRefusesToSealAfterALease() {
        KeyringCache cache = cache(() -> {
            if (reads.incrementAndGet() > 1) {
                throw new IllegalArgumentException("a driver's own");
            }
            return 0;
        });
        cache.leased();
        clock.advance(REFRESH);
        assertThat(cache.current().generation()).isZero();
        assertThat(cache.leased().generation()).isZero();
        clock.advance(LEASE);
        assertThat(cache.current().generation()).isZero();
        assertThatThrownBy(cache::leased).isInstanceOf(SealingRefusedException.class);
    }

    @Test
    void withARefresherOtherThreadsReadOnlyOnceTheLeaseHasLapsed() {
        AtomicReference<Thread> reader = new AtomicReference<>();
        KeyringCache cache = cache(() -> {
            reader.set(Thread.currentThread());
            return reads.incrementAndGet();
        });
        cache.leaveReadingInPassing();
        cache.leased();
        assertThat(reads).as("it joins").hasValue(1);
        clock.advance(LEASE.minusMillis(100));
        cache.current();
        cache.leased();
        assertThat(reads).hasValue(1);
        try (KeyringRefresher refresher = KeyringRefresher.start(cache, () -> {}, REFRESH)) {
            assertThat(refresher).isNotNull();
            await().until(() -> reads.get() > 2);
        }
        assertThat(reader.get().getName()).isEqualTo("reseal-keys-refresh");
        assertThat(reader.get().isDaemon()).isTrue();
        await().until(() -> !reader.get().isAlive());
        clock.advance(LEASE);
        cache.leased();
        assertThat(reader).hasValue(Thread.currentThread());
    }

    @Test
    void anErrorDoesNotEndTheRefresher() {
        KeyringCache cache = cache(() -> {
            if (reads.incrementAndGet() == 2) {
                throw new AssertionError("once");
            }
            return 0;
        });
        cache.leased();
        try (KeyringRefresher refresher = KeyringRefresher.start(cache, () -> {}, Duration.ofMillis(10))) {
            assertThat(refresher).isNotNull();
            await().until(() -> {
                clock.advance(REFRESH);
                return reads.get() > 3;
            });
        }
    }

    @Test
    void aLeaseCountsFromBeforeItsRenewalWasSent() {
        KeyringCache cache = cache(() -> {
            if (reads.incrementAndGet() == 1) {
                clock.advance(LEASE);
            }
            return 0;
        });
        assertThatThrownBy(cache::leased)
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("This node has no lease");
        assertThat(cache.leased().generation()).isZero();
    }

    /** What it holds is always the newest. */
    private KeyringCache cache(LongSupplier question) {
        KeyringSource source = new KeyringSource() {
            @Override
            public Keyring load(Keyring before) {
                return new Keyring(StoredKeys.NONE, List.of(), Optional.empty());
            }

            @Override
            public long generation() {
                return question.getAsLong();
            }

            @Override
            public long renew(long held) {
                long unused = question.getAsLong();
                return held;
            }
        };
        return new KeyringCache(source, new KeyringCache.Times(REFRESH, LEASE, patience), clock);
    }

    private long hang() {
        reads.incrementAndGet();
        asked.countDown();
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** Answers the first thread once the other waits for it. */
    private void answerOnceWaiting() {
        Thread other = waiter;
        while (other == null || other.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
            other = waiter;
        }
        answer.countDown();
    }

    private Keyring asWaiter(Supplier<Keyring> question) {
        waiter = Thread.currentThread();
        return question.get();
    }
}
