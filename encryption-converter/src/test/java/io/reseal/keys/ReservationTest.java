package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.crypto.FieldCipher;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key store that takes its time to reserve, and the threads that wait for it. */
class ReservationTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(TYPE, 1);
    private static final byte[] PLAINTEXT = {1, 2, 3};
    private static final Duration GENEROUS = Duration.ofMinutes(1);

    private final TestClock clock = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore(clock);
    private final CountDownLatch isReserving = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicBoolean isAnswerBad = new AtomicBoolean();

    @AfterEach
    void letEverybodyGo() {
        answer.countDown();
    }

    @Test
    void whoWaitsForAnotherThreadsReservationGivesUpAfterALease() throws Exception {
        VersionUsage usage = usage(Duration.ofMillis(50));
        FutureTask<?> reserves = reserving(usage::seal);
        FutureTask<?> waits = started(usage::seal);
        assertThatThrownBy(() -> result(waits))
                .hasRootCauseInstanceOf(SealingRefusedException.class)
                .rootCause()
                .hasMessageContainingAll("token_encryption version 1", "within 50 ms", "reseal.keystore", "pool");
        answer.countDown();
        result(reserves);
        usage.seal();
        assertThat(store.usage()).extracting(KeyUsage::reserved).containsExactly(VersionUsage.MIN_BLOCK);
    }

    @Test
    void anInterruptedThreadDoesNotWaitAndStaysInterrupted() throws Exception {
        VersionUsage usage = usage(GENEROUS);
        FutureTask<?> reserves = reserving(usage::seal);
        FutureTask<?> waits = started(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(usage::seal)
                    .isInstanceOf(SealingRefusedException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        assertThat(waits.get(GENEROUS.toSeconds(), TimeUnit.SECONDS)).isEqualTo(true);
        answer.countDown();
        result(reserves);
    }

    /** Whoever promotes counts on nobody sealing any more, once the lease is over. */
    @Test
    void nobodySealsUnderALeaseThatEndedWhileAReservationWasWaitedFor() throws Exception {
        FieldCipher cipher = new FieldCipher(open(), "t.c");
        FutureTask<?> reserves = reserving(() -> cipher.seal(TYPE, PLAINTEXT));
        FutureTask<?> waits = new FutureTask<>(() -> cipher.seal(FIRST, PLAINTEXT));
        Thread waiting = start(waits);
        await().atMost(GENEROUS).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        clock.advance(GENEROUS);
        store.fail(true);
        answer.countDown();
        for (FutureTask<?> each : new FutureTask<?>[] {reserves, waits}) {
            assertThatThrownBy(() -> result(each))
                    .cause()
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("This node has no lease");
        }
    }

    /** Else each of the threads that wait would ask a key store that does not answer, one after the other. */
    @Test
    void whoWaitsForAReservationThatFailsSharesTheFailure() throws Exception {
        VersionUsage usage = usage(GENEROUS);
        isAnswerBad.set(true);
        FutureTask<?> reserves = reserving(usage::seal);
        FutureTask<?> waits = new FutureTask<>(usage::seal);
        Thread waiting = start(waits);
        await().atMost(GENEROUS).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        answer.countDown();
        for (FutureTask<?> each : new FutureTask<?>[] {reserves, waits}) {
            assertThatThrownBy(() -> result(each))
                    .cause()
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("used up");
        }
        assertThat(store.usage()).isEmpty();
    }

    /** A thread that reserves, and gets no answer yet. */
    private FutureTask<?> reserving(Callable<?> work) throws InterruptedException {
        store.whileReserving(() -> {
            isReserving.countDown();
            awaitAnswer();
            if (isAnswerBad.get()) {
                throw new KeyStoreUnavailableException("the connection broke", new IllegalStateException());
            }
        });
        FutureTask<?> reserves = started(work);
        assertThat(isReserving.await(GENEROUS.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return reserves;
    }

    private void awaitAnswer() {
        try {
            assertThat(answer.await(2 * GENEROUS.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static FutureTask<?> started(Callable<?> work) {
        FutureTask<?> task = new FutureTask<>(work);
        start(task);
        return task;
    }

    private static Thread start(FutureTask<?> task) {
        Thread thread = new Thread(task, "seals");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void result(FutureTask<?> task) throws Exception {
        Object unused = task.get(GENEROUS.toSeconds(), TimeUnit.SECONDS);
    }

    private VersionUsage usage(Duration lease) {
        NodeMembership node = new NodeMembership(store, lease);
        return new UsageBook(store, KeyTypes.standard(), node, clock).of(FIRST.tinkKeyId());
    }

    private KeyRegistry open() {
        ResealSettings settings =
                ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.LEASE, GENEROUS));
        KeyRegistry keys = KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, clock);
        keys.ensureActive(TYPE);
        return keys;
    }
}
