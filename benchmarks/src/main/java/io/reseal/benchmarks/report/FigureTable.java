package io.reseal.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** Figures beside their targets, as a table. */
public final class FigureTable {

    private FigureTable() {}

    public static Table of(List<Figure> figures) {
        Table table = new Table("figure", "median", "least", "most", "target", "");
        for (Figure figure : figures) {
            Spread spread = figure.spread();
            table.row(
                    figure.name(),
                    number(spread.median()) + " " + figure.unit(),
                    number(spread.min()),
                    number(spread.max()),
                    figure.target()
                            .map(target -> target.bound().sign() + " " + number(target.limit()))
                            .orElse(""),
                    figure.target()
                            .map(target -> figure.isMet() ? "met" : "MISSED")
                            .orElse(""));
        }
        return table;
    }

    /** With three digits, below one with three decimals; never with an exponent. */
    public static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
