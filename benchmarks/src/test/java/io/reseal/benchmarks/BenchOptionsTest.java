package io.reseal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {

    @Test
    void absentAndEmptyOptionsHaveDefaults() {
        assertThat(BenchOptions.from(properties(Map.of("bench", "rotation", "bench.rows", ""))))
                .isEqualTo(new BenchOptions("rotation", 1_000_000, 5, 15, false, Path.of("target")));
    }

    @Test
    void readsEveryOption() {
        Properties all = properties(Map.of(
                "bench", "rotation",
                "bench.rows", "20000",
                "bench.rounds", "2",
                "bench.strict", "true",
                "bench.folder", "elsewhere"));

        assertThat(BenchOptions.from(all))
                .isEqualTo(new BenchOptions("rotation", 20_000, 2, 15, true, Path.of("elsewhere")));
    }

    @Test
    void namesAnOptionThatDoesNotExist() {
        assertThatThrownBy(() -> BenchOptions.from(properties(Map.of("bench.row", "5"))))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("-Dbench.row=")
                .hasMessageContaining("bench.rows");
    }

    @Test
    void namesANumberOutOfBounds() {
        assertThatThrownBy(() -> BenchOptions.from(properties(Map.of("bench.rounds", "0"))))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("-Dbench.rounds=0")
                .hasMessageContaining("from 1 to 100");
    }

    @Test
    void anUnknownBenchmarkEndsWithAStatusOfItsOwn() {
        assertThat(Benchmarks.run(properties(Map.of("bench", "rotatoin")))).isEqualTo(2);
    }

    private static Properties properties(Map<String, String> options) {
        Properties properties = new Properties();
        properties.putAll(options);
        return properties;
    }
}
