package io.reseal.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FigureTableTest {

    @Test
    void columnsLineUpAndAMissedTargetStandsOut() {
        Figure figure = new Figure(
                "a to b", "×", new Spread(List.of(1.4, 1.8, 1.6)), Optional.of(Target.atLeast(1.7)), Map.of());

        assertThat(FigureTable.of(List.of(figure))).hasToString("""
                | figure | median | least | most | target |        |
                |--------|-------:|------:|-----:|-------:|-------:|
                | a to b | 1.60 × |  1.40 | 1.80 | ≥ 1.70 | MISSED |
                """);
    }

    @Test
    void numbersKeepThreeDigitsAtLeast() {
        assertThat(FigureTable.number(123_456.7)).isEqualTo("123,457");
        assertThat(FigureTable.number(12.34)).isEqualTo("12.3");
        assertThat(FigureTable.number(0.0512)).isEqualTo("0.051");
    }
}
