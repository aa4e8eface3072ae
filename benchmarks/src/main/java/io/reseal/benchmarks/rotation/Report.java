package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.report.BarChart;
import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.FigureTable;
import io.reseal.benchmarks.report.ResultFile;
import io.reseal.benchmarks.report.Target;
import io.reseal.benchmarks.stage.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The benchmark's findings, as text and as files. */
final class Report {

    private static final String NAME = "rotation";

    private final String heading;
    private final RawTable raw;
    private final List<Figure> aims;

    /** @param server its version and settings, in one line */
    Report(BenchOptions options, Measurements measured, List<Figure> heap, String server) {
        this.heading = """
                Machine: %s.
                Server: %s.
                Command: `./mvnw -Pbench -Dbench=rotation -Dbench.rows=%d -Dbench.rounds=%d`. Medians of the rounds; a ratio is the median of \
                the rounds' own ratios.
                """.formatted(Machine.describe(), server, options.rows(), options.rounds());
        this.raw = new RawTable(measured, Machine.cores());
        this.aims = new ArrayList<>(new Figures(measured).all());
        this.aims.addAll(heap);
    }

    /** Writes JSON, Markdown and a picture, and returns the text. */
    String write(Path folder) {
        List<Figure> all = new ArrayList<>(aims);
        for (Variant variant : Variant.values()) {
            all.addAll(raw.figures(variant));
        }
        ResultFile.write(folder, NAME, all);
        ResultFile.write(folder, NAME + ".md", text());
        ResultFile.write(folder, NAME + ".svg", BarChart.svg("Speed to others, ×: more is better", speeds()));
        return text();
    }

    /** Those of which more is better: bars of the others would have to be read the other way round. */
    private List<Figure> speeds() {
        return aims.stream()
                .filter(figure -> figure.unit().equals("×"))
                .filter(figure -> figure.target()
                        .filter(target -> target.bound() == Target.Bound.AT_LEAST)
                        .isPresent())
                .toList();
    }

    private String text() {
        StringBuilder text = new StringBuilder(heading);
        for (Variant variant : Variant.values()) {
            text.append('\n').append(raw.table(variant));
        }
        return text.append('\n').append(FigureTable.of(aims)).toString();
    }

    /** The names of the figures that missed their target. */
    List<String> missed() {
        return aims.stream().filter(figure -> !figure.isMet()).map(Figure::name).toList();
    }
}
