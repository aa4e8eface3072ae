package io.reseal.internal.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BackgroundThreadTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofDays(1);

    @Test
    void worksAgainAndAgain() throws Exception {
        CountDownLatch times = new CountDownLatch(3);
        try (BackgroundThread thread = new BackgroundThread("test", LONG)) {
            thread.repeat(times::countDown, Duration.ZERO, Duration.ofMillis(1));
            assertThat(times.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void worksInBetweenOnADaemonThreadWithAName() throws Exception {
        try (BackgroundThread thread = new BackgroundThread("test-name", LONG)) {
            thread.repeat(() -> {}, NEVER, NEVER);
            CompletableFuture<String> worker = new CompletableFuture<>();
            thread.soon(() -> worker.complete(Thread.currentThread().getName() + " "
                    + Thread.currentThread().isDaemon()));
            assertThat(worker.get(60, TimeUnit.SECONDS)).isEqualTo("test-name true");
        }
    }

    @Test
    void closingDoesWhatWasAskedForAndInterruptsNothing() throws Exception {
        BackgroundThread thread = new BackgroundThread("test", LONG);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicBoolean asked = new AtomicBoolean();
        thread.soon(() -> {
            begun.countDown();
            interrupted.set(isInterruptedUntil(goOn));
        });
        thread.soon(() -> asked.set(true));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(thread::close);
        goOn.countDown();
        closing.get(120, TimeUnit.SECONDS);
        assertThat(interrupted).isFalse();
        assertThat(asked).isTrue();
    }

    @Test
    void closingDoesNotWaitForEver() throws Exception {
        BackgroundThread thread = new BackgroundThread("test", Duration.ofMillis(20));
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        thread.soon(() -> {
            begun.countDown();
            interrupted.set(isInterruptedUntil(new CountDownLatch(1)));
        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        thread.close();
        await().atMost(LONG).untilTrue(interrupted);
    }

    @Test
    void afterTheEndNothingIsDone() {
        BackgroundThread thread = new BackgroundThread("test", LONG);
        AtomicBoolean done = new AtomicBoolean();
        thread.repeat(() -> done.set(true), NEVER, NEVER);
        thread.close();
        thread.soon(() -> done.set(true));
        assertThat(done).isFalse();
    }

    private static boolean isInterruptedUntil(CountDownLatch end) {
        try {
            end.await();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
