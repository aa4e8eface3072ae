package io.reseal.benchmarks.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalvesTest {

    @Test
    void oneSessionRunsTheStatementAsItIs() {
        assertThat(Halves.of("UPDATE t SET c = c", 1, 11)).containsExactly("UPDATE t SET c = c");
    }

    @Test
    void theHalvesOfAnOddTableMeetAndDoNotOverlap() {
        assertThat(Halves.of("UPDATE t SET c = c", 2, 11))
                .containsExactly(
                        "UPDATE t SET c = c WHERE id > 0 AND id <= 5", "UPDATE t SET c = c WHERE id > 5 AND id <= 11");
    }

    @Test
    void contendersTakeTurnsInAnotherOrderEachRound() {
        assertThat(Contenders.inRound(1))
                .containsExactlyInAnyOrderElementsOf(Contenders.ALL)
                .isNotEqualTo(Contenders.inRound(0))
                .isNotEqualTo(Contenders.inRound(2));
    }
}
