package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

class AllowanceTest {

    private static final int THREADS = 6;

    private final Allowance allowance = new Allowance();

    @Test
    void handsOutNothingThatWasNotGranted() {
        assertThat(allowance.take()).isFalse();
        allowance.grant(3);
        assertThat(List.of(allowance.take(), allowance.take(), allowance.take()))
                .containsOnly(true);
        assertThat(allowance.take()).isFalse();
        assertThat(allowance.taken()).isEqualTo(3);
    }

    @Test
    void countsWhatIsLeftInSlices() {
        allowance.grant(1_000);
        allowance.take();
        assertThat(allowance.taken()).isEqualTo(1);
        assertThat(allowance.common()).isEqualTo(1_000 - Allowance.SLICE);
    }

    @Test
    void handsOutEachThingOnceAmongManyThreads() throws Exception {
        int granted = 500_003;
        allowance.grant(granted);
        long taken = 0;
        for (long each : race(this::takeAll, Thread::new)) {
            taken += each;
        }
        assertThat(allowance.taken()).isEqualTo(taken);
        assertThat(taken).isBetween(granted - (long) THREADS * Allowance.SLICE, (long) granted);
    }

    /** By their hash codes all of them take from one slice, where they meet at each step. */
    @Test
    void handsOutEachThingOnceAmongThreadsThatShareASlice() throws Exception {
        int granted = 500_003;
        allowance.grant(granted);
        long taken = 0;
        for (long each : race(this::takeAll, SameHash::new)) {
            taken += each;
        }
        assertThat(taken).isEqualTo(granted);
        assertThat(allowance.taken()).isEqualTo(granted);
    }

    private static final class SameHash extends Thread {

        SameHash(Runnable work) {
            super(work);
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }

    private long takeAll() {
        long mine = 0;
        while (allowance.take()) {
            mine++;
        }
        return mine;
    }

    private static List<Long> race(Callable<Long> racer, ThreadFactory factory) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, factory);
        try {
            List<Callable<Long>> racers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                racers.add(racer);
            }
            List<Long> results = new ArrayList<>();
            for (Future<Long> each : threads.invokeAll(racers)) {
                results.add(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
