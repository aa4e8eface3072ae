package io.reseal.benchmarks.foreground;

import io.reseal.benchmarks.BenchOptions;
import io.reseal.benchmarks.report.BarChart;
import io.reseal.benchmarks.report.Figure;
import io.reseal.benchmarks.report.FigureTable;
import io.reseal.benchmarks.report.ResultFile;
import io.reseal.benchmarks.report.Spread;
import io.reseal.benchmarks.report.Table;
import io.reseal.benchmarks.stage.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The benchmark's findings, as text and as files. */
final class Report {

    static final String QUIET = "quietMillis";
    static final String ROTATING = "rotatingMillis";

    private static final String NAME = "foreground";

    private final Path folder;
    private final String heading;
    private final List<Figure> figures;

    /** @param server its version and settings, in one line */
    Report(BenchOptions options, String server, List<Figure> figures) {
        this.folder = options.results();
        this.figures = List.copyOf(figures);
        this.heading = """
                Machine: %s.
                Server: %s.
                Command: `./mvnw -Pbench -Dbench=foreground -Dbench.rows=%d -Dbench.rounds=%d -Dbench.seconds=%d`. Medians of the rounds; a ratio is \
                the median of the rounds' own ratios.
                """.formatted(Machine.describe(), server, options.rows(), options.rounds(), options.seconds());
    }

    /** Writes JSON, Markdown and a picture, and returns the text. */
    String write() {
        ResultFile.write(folder, NAME, figures);
        ResultFile.write(folder, NAME + ".md", text());
        ResultFile.write(
                folder, NAME + ".svg", BarChart.svg("Beside a rotation to without, ×: less is better", felt()));
        return text();
    }

    private List<Figure> felt() {
        return figures.stream()
                .filter(figure -> figure.unit().equals("×"))
                .filter(figure -> figure.target().isPresent())
                .toList();
    }

    private String text() {
        return heading + "\n" + times() + "\n" + FigureTable.of(figures);
    }

    /** What the ratios are made of. */
    private Table times() {
        Table table = new Table("time of a request, ms", "without", "least–most", "beside a rotation", "least–most");
        for (Figure figure : figures) {
            if (figure.details().containsKey(QUIET)) {
                Spread quiet = spread(figure, QUIET);
                Spread rotating = spread(figure, ROTATING);
                table.row(
                        figure.name(),
                        FigureTable.number(quiet.median()),
                        range(quiet),
                        FigureTable.number(rotating.median()),
                        range(rotating));
            }
        }
        return table;
    }

    private static String range(Spread spread) {
        return FigureTable.number(spread.min()) + "–" + FigureTable.number(spread.max());
    }

    private static Spread spread(Figure figure, String detail) {
        List<?> rounds = (List<?>) Objects.requireNonNull(figure.details().get(detail), detail);
        return new Spread(rounds.stream().map(Double.class::cast).toList());
    }
}
