package io.reseal.benchmarks.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void everyTargetOfTheEngineIsAmongTheFigures() {
        List<Figure> figures = new Figures(twoRounds()).all();

        assertThat(target(figures, "three indexes: speed, engine ×1 to UPDATE ×1"))
                .isEqualTo(Target.atLeast(1.5));
        assertThat(target(figures, "three indexes: speed, engine ×2 to UPDATE ×2"))
                .isEqualTo(Target.atLeast(1.8));
        assertThat(target(figures, "no index: speed, engine ×2 to UPDATE ×1")).isEqualTo(Target.atLeast(1));
        assertThat(target(figures, "no index: speed, engine ×2 to pgcrypto ×2")).isEqualTo(Target.atLeast(1));
        assertThat(target(figures, "no index: speed, engine ×1 to executeBatch 1000"))
                .isEqualTo(Target.atLeast(2.5));
        assertThat(target(figures, "three indexes: HOT share, engine ×2")).isEqualTo(Target.atLeast(90));
        assertThat(target(figures, "three indexes: table size after to before, engine ×1"))
                .isEqualTo(Target.atMost(1.1));
        assertThat(target(figures, "no index: WAL, engine ×1 to UPDATE ×1")).isEqualTo(Target.atMost(0.75));
        assertThat(target(figures, "three indexes: WAL, engine ×1 to UPDATE ×1"))
                .isEqualTo(Target.atMost(0.6));
        assertThat(target(figures, "no index: verification, of the run, engine ×1"))
                .isEqualTo(Target.atMost(5));
    }

    @Test
    void namesAreUnique() {
        assertThat(new Figures(twoRounds()).all()).extracting(Figure::name).doesNotHaveDuplicates();
    }

    @Test
    void aSpeedIsRowsPerSecondOfTheSameRound() {
        Figure speed = named(new Figures(twoRounds()).all(), "three indexes: speed, engine ×1 to UPDATE ×1");

        assertThat(speed.spread().values()).containsExactly(2.0, 4.0);
        assertThat(speed.details()).containsEntry("rowsPerSecond", List.of(100.0, 200.0));
        assertThat(speed.details()).containsEntry("otherRowsPerSecond", List.of(50.0, 50.0));
    }

    @Test
    void sharesArePercentOfTheWhole() {
        Measurement measurement = measurement(Duration.ofMillis(9_500));

        assertThat(measurement.hotPercent()).isEqualTo(92);
        assertThat(measurement.walBytesPerRow()).isEqualTo(600);
        assertThat(measurement.clientCpuPercent(2)).isCloseTo(100 * 9.0 / 19, within(1e-9));
        assertThat(measurement.verificationPercent()).isCloseTo(5, within(1e-9));
    }

    /** The engine takes ten seconds in the first round and five in the second, everybody else twenty. */
    private static Measurements twoRounds() {
        Measurements measurements = new Measurements();
        for (int seconds : new int[] {10, 5}) {
            for (Variant variant : Variant.values()) {
                for (Contender contender : Contenders.ALL) {
                    Duration time = Duration.ofSeconds(contender instanceof EngineRun ? seconds : 20);
                    measurements.add(variant, contender.name(), measurement(time));
                }
            }
        }
        return measurements;
    }

    private static Measurement measurement(Duration time) {
        return new Measurement(
                1_000,
                time,
                600_000,
                Duration.ofSeconds(9),
                Duration.ofSeconds(3),
                920,
                1_000,
                1.06,
                1.05,
                Optional.of(Duration.ofMillis(500)));
    }

    private static Target target(List<Figure> figures, String name) {
        return named(figures, name).target().orElseThrow();
    }

    private static Figure named(List<Figure> figures, String name) {
        return figures.stream()
                .filter(figure -> figure.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
