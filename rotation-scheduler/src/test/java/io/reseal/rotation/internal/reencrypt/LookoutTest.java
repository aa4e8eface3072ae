package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LookoutTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Lookout lookout = new Lookout(now::get);

    private int looksWithin(Duration time) {
        int looks = 0;
        for (int i = 0; i < time.toMillis(); i++) {
            now.addAndGet(Duration.ofMillis(1).toNanos());
            if (lookout.isDue()) {
                looks++;
                lookout.foundNothing();
            }
        }
        return looks;
    }

    @Test
    void letsOneLookAtATime() {
        assertThat(lookout.isDue()).isTrue();
        assertThat(lookout.isDue()).isFalse();
        assertThat(lookout.isDue()).isFalse();
    }

    @Test
    void looksMoreRarelyTheLongerThereIsNothing() {
        assertThat(looksWithin(Duration.ofSeconds(10))).isBetween(3, 5);
        assertThat(looksWithin(Duration.ofMinutes(5))).isBetween(9, 15);
    }

    @Test
    void looksAgainAtOnceWhereSomethingWasFound() {
        assertThat(lookout.isDue()).isTrue();
        lookout.found();
        assertThat(lookout.isDue()).isTrue();
    }

    @Test
    void looksOftenAgainOnceThereWasWork() {
        looksWithin(Duration.ofMinutes(5));

        lookout.forget();

        assertThat(looksWithin(Duration.ofMillis(1_500))).isEqualTo(1);
    }
}
