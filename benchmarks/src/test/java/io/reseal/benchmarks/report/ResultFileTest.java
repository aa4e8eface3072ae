package io.reseal.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResultFileTest {

    private static final Spread SPREAD = new Spread(List.of(1.4, 1.8, 1.6));

    @Test
    void aFigureWithATargetSaysWhetherItIsMet(@TempDir Path folder) throws Exception {
        Figure figure = new Figure("a to b", "×", SPREAD, Optional.of(Target.atLeast(1.7)), Map.of());

        JsonNode json = written(folder, figure);

        assertThat(json.get("name").stringValue()).isEqualTo("a to b");
        assertThat(json.get("ratio").doubleValue()).isEqualTo(1.6);
        assertThat(json.get("min").doubleValue()).isEqualTo(1.4);
        assertThat(json.get("max").doubleValue()).isEqualTo(1.8);
        assertThat(json.get("unit").stringValue()).isEqualTo("×");
        assertThat(json.get("target").doubleValue()).isEqualTo(1.7);
        assertThat(json.get("bound").stringValue()).isEqualTo("at least");
        assertThat(json.get("met").booleanValue()).isFalse();
    }

    @Test
    void aFigureWithoutATargetSaysNothingOfOne(@TempDir Path folder) throws Exception {
        JsonNode json = written(folder, new Figure("a", "rows/s", SPREAD, Optional.empty(), Map.of()));

        assertThat(json.has("target")).isFalse();
        assertThat(json.has("met")).isFalse();
    }

    @Test
    void theRawNumbersStandBesideTheFigure(@TempDir Path folder) throws Exception {
        Map<String, Object> details = Map.of("oursPerSecond", List.of(10.0, 20.0));

        JsonNode json = written(folder, new Figure("a", "×", SPREAD, Optional.empty(), details));

        assertThat(json.get("rounds").get(1).doubleValue()).isEqualTo(1.8);
        assertThat(json.get("oursPerSecond").get(1).doubleValue()).isEqualTo(20.0);
    }

    private static JsonNode written(Path folder, Figure figure) throws Exception {
        Path file = ResultFile.write(folder.resolve("results"), "bench", List.of(figure));
        JsonNode array = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(array.isArray()).isTrue();
        assertThat(array.size()).isEqualTo(1);
        return array.get(0);
    }
}
