package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShareTest {

    @Test
    void dealsOutEveryUserOnce() {
        assertThat(IntStream.range(0, 4).mapToObj(i -> new Share(i, 4, 1_003)).flatMapToLong(Share::userIds))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 1_003).boxed().toList());
    }

    @Test
    void drawsOnlyFromItsOwnUsers() {
        Random random = new Random(3);
        for (int i = 0; i < 4; i++) {
            Share share = new Share(i, 4, 103);
            assertThat(LongStream.generate(() -> share.any(random)).limit(2_000))
                    .allMatch(id -> share.userIds().anyMatch(own -> own == id));
        }
    }
}
