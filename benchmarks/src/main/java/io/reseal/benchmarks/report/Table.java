package io.reseal.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown whose columns line up in a terminal as well: the first to the left, numbers to the right. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    public Table row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row of " + cells.length + " in a table of " + rows.get(0).size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        List<Integer> widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .boxed()
                .toList();
        List<String> lines =
                rows.stream().map(row -> line(row, widths)).collect(Collectors.toCollection(ArrayList::new));
        lines.add(1, rule(widths));
        return String.join("\n", lines) + "\n";
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringJoiner line = new StringJoiner(" | ", "| ", " |");
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            String room = " ".repeat(widths.get(column) - cell.length());
            line.add(column == 0 ? cell + room : room + cell);
        }
        return line.toString();
    }

    private static String rule(List<Integer> widths) {
        StringJoiner line = new StringJoiner("|", "|", "|");
        for (int column = 0; column < widths.size(); column++) {
            line.add(column == 0 ? "-".repeat(widths.get(0) + 2) : "-".repeat(widths.get(column) + 1) + ":");
        }
        return line.toString();
    }
}
