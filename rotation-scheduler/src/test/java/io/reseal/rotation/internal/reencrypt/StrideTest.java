package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.reencryption.RunId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StrideTest {

    private static final List<Integer> ROWS = IntStream.range(0, 1_000).boxed().toList();

    /** What one run moved as a round is spread over the rounds of the next. */
    @Test
    void laterRunsDealTheSameRowsOutDifferently() {
        List<Integer> first = Stride.of(new RunId(1)).deal(ROWS, 10).stream()
                .limit(7)
                .flatMap(List::stream)
                .toList();
        assertThat(first).hasSize(63).startsWith(0, 16, 32).allMatch(row -> row % 16 == 0);
        for (long run = 2; run <= 3; run++) {
            long batches = Stride.of(new RunId(run)).deal(ROWS, 10).stream()
                    .filter(batch -> batch.stream().anyMatch(Set.copyOf(first)::contains))
                    .count();
            assertThat(batches).isGreaterThan(30);
        }
    }

    @Test
    void everyRowIsDealtOnceHoweverManyRowsThereAre() {
        for (int rows : new int[] {0, 1, 15, 16, 17, 999, 1_000}) {
            for (long run = 1; run <= 4; run++) {
                assertThat(Stride.of(new RunId(run)).deal(ROWS.subList(0, rows), 10).stream()
                                .flatMap(List::stream))
                        .containsExactlyInAnyOrderElementsOf(ROWS.subList(0, rows));
            }
        }
    }
}
