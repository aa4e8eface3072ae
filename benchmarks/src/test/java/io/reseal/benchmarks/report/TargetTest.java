package io.reseal.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {

    @Test
    void theLimitItselfReachesTheTarget() {
        assertThat(Target.atLeast(1.5).isMet(1.5)).isTrue();
        assertThat(Target.atMost(0.6).isMet(0.6)).isTrue();
    }

    @Test
    void theWrongSideOfTheLimitMissesIt() {
        assertThat(Target.atLeast(1.5).isMet(1.49)).isFalse();
        assertThat(Target.atMost(0.6).isMet(0.61)).isFalse();
    }

    @Test
    void whatIsNoNumberMissesEveryTarget() {
        assertThat(Target.atLeast(0).isMet(Double.NaN)).isFalse();
        assertThat(Target.atMost(1).isMet(Double.NaN)).isFalse();
    }
}
