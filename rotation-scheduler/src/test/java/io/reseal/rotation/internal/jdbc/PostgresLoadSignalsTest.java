package io.reseal.rotation.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import org.junit.jupiter.api.Test;

class PostgresLoadSignalsTest {

    private static SignalLevel level(LoadValue value) {
        return Signal.AUTOVACUUM.threshold().judge(value.value().orElseThrow());
    }

    @Test
    void anyAutovacuumSlowsAndOneAgainstWraparoundStopsEveryEffort() {
        assertThat(level(PostgresTableLoad.autovacuum(0, 0))).isEqualTo(SignalLevel.NORMAL);
        assertThat(level(PostgresTableLoad.autovacuum(3, 0))).isEqualTo(SignalLevel.SLOW);
        assertThat(level(PostgresTableLoad.autovacuum(1, 1))).isEqualTo(SignalLevel.STOP);
        assertThat(Signal.AUTOVACUUM.isHard()).isTrue();
    }
}
