package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.testing.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final EffortPlan FULL = EffortPlan.always(Effort.FULL);
    private static final EffortPlan GENTLE = EffortPlan.always(Effort.GENTLE);
    private static final EffortPlan NONE = EffortPlan.always(Effort.NONE);

    private final TestClock clock = TestClock.standing();

    private Throttle throttle(Controller controller) {
        return new Throttle(controller, new OwnBatches(), System::nanoTime);
    }

    @Test
    void oneWorkerWorksWhileThrottledAndTheNextWhenItLeaves() {
        Throttle throttle = throttle(new Controller(clock, GENTLE));
        Throttle.Turn first = throttle.turn();
        Throttle.Turn second = throttle.turn();
        first.await();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(second::await);

        await().during(Duration.ofMillis(300)).until(() -> !waiting.isDone());
        first.leave();
        await().until(waiting::isDone);
    }

    @Test
    void allWorkersWorkWithFullEffortAndNoneWithNone() {
        Controller controller = new Controller(clock, FULL);
        Throttle throttle = throttle(controller);
        Throttle.Turn first = throttle.turn();
        Throttle.Turn second = throttle.turn();
        first.await();
        second.await();

        controller.observe(NONE, true, List.of());
        throttle.changed();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(first::await);
        await().during(Duration.ofMillis(300)).until(() -> !waiting.isDone());
        throttle.open(true);
        await().until(waiting::isDone);
    }

    /** A look around that has not heard of the end yet says that the run goes on. */
    @Test
    void lettingEverybodyThroughForGoodIsTheLastWord() {
        Throttle throttle = throttle(new Controller(clock, NONE));
        CompletableFuture<Void> waiting =
                CompletableFuture.runAsync(() -> throttle.turn().await());
        throttle.close();
        throttle.open(false);

        await().until(waiting::isDone);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> throttle.turn().await());
    }

    @Test
    void restsInProportionHoweverSmallTheDutyAndCountsOnlyWorkAsWork() {
        AtomicLong now = new AtomicLong();
        Throttle throttle = new Throttle(new Controller(clock, GENTLE), new OwnBatches(), now::get);
        Throttle.Turn turn = throttle.turn();
        turn.await();
        now.addAndGet(50_000_000);
        CompletableFuture<Void> resting = CompletableFuture.runAsync(turn::await);
        await().during(Duration.ofMillis(200)).until(() -> !resting.isDone());
        now.addAndGet(4_500_000_000L);
        throttle.changed();
        await().during(Duration.ofMillis(200)).until(() -> !resting.isDone());
        now.addAndGet(500_000_000L);
        throttle.changed();
        await().until(resting::isDone);

        now.addAndGet(10_000_000);
        turn.finish();
        now.addAndGet(3_000_000_000L);
        assertTimeoutPreemptively(Duration.ofSeconds(10), turn::await);
    }

    @Test
    void restsInProportionToItsWork() {
        Controller controller = new Controller(clock, EffortPlan.always(Effort.BALANCED));
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(1));
            controller.observe(EffortPlan.always(Effort.BALANCED), true, List.of());
        }
        long[] now = {0};
        Throttle throttle = new Throttle(controller, new OwnBatches(), () -> now[0] += 10_000_000);
        Throttle.Turn turn = throttle.turn();
        turn.await();
        long begun = now[0];
        turn.await();

        assertThat(now[0] - begun).isBetween(40_000_000L, 80_000_000L);
    }
}
