package io.reseal.benchmarks.report;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Draws figures as horizontal bars, each with its target as a line, in SVG. Texts stay texts, and no fonts have to be
 * installed: chart libraries draw every letter with those of the machine, which a server need not have.
 */
public final class BarChart {

    private static final int LABELS = 380;
    private static final int BARS = 420;
    private static final int NUMBERS = 160;
    private static final int HEADING = 44;
    private static final int LINE = 30;
    private static final int THICKNESS = 18;

    private final XMLStreamWriter svg;
    private final double most;

    private BarChart(XMLStreamWriter svg, double most) {
        this.svg = svg;
        this.most = most;
    }

    /** Draws the medians of figures that have a target, from the top. */
    public static String svg(String title, List<Figure> figures) {
        double most = figures.stream()
                .mapToDouble(figure -> Math.max(figure.spread().median(), limit(figure)))
                .max()
                .orElse(1);
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter svg = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            new BarChart(svg, most).draw(title, figures);
            svg.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("The picture could not be drawn", e);
        }
        return text.append('\n').toString();
    }

    private void draw(String title, List<Figure> figures) throws XMLStreamException {
        int height = HEADING + LINE * figures.size();
        svg.writeStartElement("svg");
        svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
        attributes("viewBox", "0 0 " + (LABELS + BARS + NUMBERS) + " " + height, "font-family", "sans-serif");
        attributes("font-size", "13", "role", "img");
        rectangle(new Box(0, 0, LABELS + BARS + NUMBERS, height), "#ffffff");
        text(12, 24, "start", title + " (line: target)");
        for (int i = 0; i < figures.size(); i++) {
            bar(figures.get(i), HEADING + LINE * i);
        }
        svg.writeEndElement();
    }

    private void bar(Figure figure, int top) throws XMLStreamException {
        double median = figure.spread().median();
        text(LABELS - 10, top + 14, "end", figure.name());
        rectangle(new Box(LABELS, top, width(median), THICKNESS), figure.isMet() ? "#2a6f97" : "#c8553d");
        rectangle(new Box(LABELS + width(limit(figure)), top - 4, 2, THICKNESS + 8), "#1b1b1b");
        String number = FigureTable.number(median) + " " + figure.unit();
        text(LABELS + BARS + 10, top + 14, "start", number + (figure.isMet() ? "" : " (missed)"));
    }

    private double width(double value) {
        return value / most * BARS;
    }

    private record Box(double x, double y, double width, double height) {}

    private void rectangle(Box box, String colour) throws XMLStreamException {
        svg.writeEmptyElement("rect");
        attributes("x", coordinate(box.x()), "y", coordinate(box.y()));
        attributes("width", coordinate(box.width()), "height", coordinate(box.height()), "fill", colour);
    }

    private void text(int x, int y, String anchor, String text) throws XMLStreamException {
        svg.writeStartElement("text");
        attributes("x", coordinate(x), "y", coordinate(y), "text-anchor", anchor);
        svg.writeCharacters(text);
        svg.writeEndElement();
    }

    private void attributes(String... namesAndValues) throws XMLStreamException {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            svg.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static double limit(Figure figure) {
        return figure.target().map(Target::limit).orElseThrow();
    }
}
