package io.reseal.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianIsTheValueInTheMiddleHoweverTheyCame() {
        assertThat(new Spread(List.of(9.0, 1.0, 4.0)).median()).isEqualTo(4.0);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(new Spread(List.of(8.0, 1.0, 4.0, 2.0)).median()).isEqualTo(3.0);
    }

    @Test
    void leastAndMostAreTheExtremes() {
        Spread spread = new Spread(List.of(9.0, 1.0, 4.0));

        assertThat(spread.min()).isEqualTo(1.0);
        assertThat(spread.max()).isEqualTo(9.0);
    }

    @Test
    void aRatioComparesTheNumbersOfTheSameRound() {
        Spread ours = new Spread(List.of(100.0, 10.0, 60.0));
        Spread theirs = new Spread(List.of(50.0, 5.0, 20.0));

        assertThat(Spread.ratios(ours, theirs)).isEqualTo(new Spread(List.of(2.0, 2.0, 3.0)));
    }

    @Test
    void roundsThatOnlyOneOfThemRanCantBeCompared() {
        assertThatThrownBy(() -> Spread.ratios(new Spread(List.of(1.0, 2.0)), new Spread(List.of(1.0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingMeasuredIsNoSpread() {
        assertThatThrownBy(() -> new Spread(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
