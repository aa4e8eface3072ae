package io.reseal.rotation.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsTest {

    /** A long text may be a key as well. */
    @Test
    void whatAddressesTheRowsOfAWindowCountsAsWell() {
        StaleRow row = new StaleRow(new RowAddress(List.of("k".repeat(700), "7")), Map.of(0, StoredValue.of("value")));
        Window window = new Window(List.of(row, row), false, false);

        assertThat(new Limits(10, 2_000).less(window)).isEqualTo(new Limits(8, 2_000, 1_412));
    }
}
