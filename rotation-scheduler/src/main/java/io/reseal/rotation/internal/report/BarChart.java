package io.reseal.rotation.internal.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Bars beside their names and numbers, as SVG within a page: without scripts or styles, to be read in black and white, and told in words to
 * whom does not see it.
 *
 * @param unit behind each number
 * @param mark a line at this value; what is beyond it is hatched
 */
public record BarChart(String title, String unit, List<Bar> bars, OptionalDouble mark) {

    private static final int NAMES = 230;
    private static final int WIDTH = 420;
    private static final int ROW = 26;
    private static final int TOP = 34;

    /**
     * One of them.
     *
     * @param value not negative
     */
    public record Bar(String name, double value) {}

    public BarChart {
        bars = List.copyOf(bars);
    }

    /** Empty space where there are no bars. */
    String svg() {
        int height = TOP + ROW * bars.size() + 10;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#1a1a1a\">\n",
                NAMES + WIDTH + 90,
                height,
                NAMES + WIDTH + 90,
                height));
        svg.append("<title>").append(HtmlPage.escaped(title)).append("</title>\n");
        svg.append("<desc>").append(HtmlPage.escaped(words())).append("</desc>\n");
        svg.append("<text x=\"0\" y=\"16\" font-weight=\"bold\">")
                .append(HtmlPage.escaped(title))
                .append("</text>\n");
        for (int i = 0; i < bars.size(); i++) {
            bar(svg, bars.get(i), TOP + ROW * i);
        }
        mark.ifPresent(at -> line(svg, at, height));
        return svg.append("</svg>\n").toString();
    }

    /** The same in words. */
    String words() {
        return bars.isEmpty()
                ? "nothing to show"
                : bars.stream()
                        .map(bar -> bar.name() + ": " + number(bar.value()))
                        .collect(Collectors.joining("; "));
    }

    private void bar(StringBuilder svg, Bar bar, int y) {
        double length = scaled(bar.value());
        text(svg, "end", NAMES - 8, y, bar.name());
        rectangle(svg, NAMES, y, length, "#555");
        mark.ifPresent(at -> {
            if (bar.value() > at) {
                hatch(svg, NAMES + scaled(at), y, length - scaled(at));
            }
        });
        text(svg, "start", NAMES + (int) length + 6, y, number(bar.value()));
    }

    private static void text(StringBuilder svg, String anchor, int x, int y, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
                x,
                y + 14,
                anchor,
                HtmlPage.escaped(text)));
    }

    private static void rectangle(StringBuilder svg, double x, int y, double width, String fill) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"%s\"/>\n",
                x,
                y,
                width,
                fill));
    }

    /** White strokes on the bar, which stay visible without colour. */
    private static void hatch(StringBuilder svg, double from, int y, double width) {
        for (double x = from; x < from + width; x += 6) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#fff\" stroke-width=\"2\"/>\n",
                    x,
                    y + 18,
                    Math.min(x + 6, from + width),
                    y));
        }
    }

    private void line(StringBuilder svg, double at, int height) {
        double x = NAMES + scaled(at);
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#000\" stroke-dasharray=\"4 3\"/>\n",
                x,
                TOP - 6,
                x,
                height - 6));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"11\">%s</text>\n",
                x,
                TOP - 8,
                HtmlPage.escaped(number(at))));
    }

    private double scaled(double value) {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        return WIDTH * value / Math.max(Math.max(most, mark.orElse(0)), Double.MIN_NORMAL);
    }

    private String number(double value) {
        String digits = value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
        return unit.isEmpty() ? digits : digits + " " + unit;
    }
}
