package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.testing.InMemoryKeys;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BackupsTest {

    private static final int ROUNDS = 60;

    private final KeyRegistry keys =
            InMemoryKeys.with(KeyType.DATABASE_ENCRYPTION).registry();
    private final Backups backups = new Backups(
            keys,
            new Approvals(
                    keys,
                    new PoliciesInForce(keys, KeyPolicies.standard()),
                    new Clocks(Clock.systemUTC(), Clock.systemUTC())));

    /** Whoever comes second shortens what the first one declared, or declares more. */
    @Test
    void twoWhoDeclareAtOnceDoNotShortenARetention() throws Exception {
        ExecutorService people = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String copies = "copies-" + round;
                CountDownLatch start = new CountDownLatch(1);
                Future<?> longer = people.submit(() -> declare(copies, Duration.ofDays(30), start));
                Future<?> shorter = people.submit(() -> declare(copies, Duration.ofDays(10), start));
                start.countDown();
                longer.get();
                shorter.get();
                assertThat(backups.shortening(copies, Duration.ZERO).parameters())
                        .containsEntry("before", Duration.ofDays(30).toString());
            }
        } finally {
            people.shutdownNow();
            keys.close();
        }
    }

    private void declare(String copies, Duration retention, CountDownLatch start) {
        try {
            start.await();
            backups.declare(copies, retention, People.ANN);
        } catch (ApprovalRequiredException e) {
            assertThat(retention).isEqualTo(Duration.ofDays(10));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
