package io.reseal.rotation.chaos;

import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Draws a run in SVG: above what was written and re-encrypted, below a lane for each kind of fault, from its beginning to its end. */
final class Picture {

    private static final int LABELS = 220;
    private static final int WIDTH = 1_000;
    private static final int CURVES = 200;
    private static final int LANE = 18;
    private static final int THICKNESS = 10;
    private static final int MARGIN = 30;

    private final XMLStreamWriter svg;
    private final Duration length;

    private Picture(XMLStreamWriter svg, Duration length) {
        this.svg = svg;
        this.length = length;
    }

    static String svg(List<Timeline.Sample> samples, List<Tally.Event> events, Duration length) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter svg = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            new Picture(svg, length).draw(samples, events);
            svg.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("The picture could not be drawn", e);
        }
        return text.append('\n').toString();
    }

    private void draw(List<Timeline.Sample> samples, List<Tally.Event> events) throws XMLStreamException {
        int height = MARGIN + CURVES + MARGIN + LANE * Fault.values().length + MARGIN;
        svg.writeStartElement("svg");
        svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
        attributes(Map.of(
                "viewBox",
                "0 0 " + (LABELS + WIDTH + MARGIN) + " " + height,
                "font-family",
                "sans-serif",
                "font-size",
                "12"));
        shape("rect", Map.of("width", "100%", "height", "100%", "fill", "#ffffff"));
        curve(samples, "rows written", "#1f77b4", Timeline.Sample::written, MARGIN);
        curve(samples, "rows re-encrypted", "#d62728", Timeline.Sample::reencrypted, MARGIN + CURVES / 2);
        int y = MARGIN + CURVES + MARGIN;
        for (Fault fault : Fault.values()) {
            text(y + THICKNESS, fault.name());
            for (Tally.Event event : events) {
                if (event.fault() == fault) {
                    bar(event, y);
                }
            }
            y += LANE;
        }
        text(y + THICKNESS, length.toSeconds() + " s from left to right");
        svg.writeEndElement();
    }

    /** Each curve has a scale of its own, of which the greatest value is told. */
    private void curve(
            List<Timeline.Sample> samples, String name, String colour, ToLongFunction<Timeline.Sample> value, int top)
            throws XMLStreamException {
        int height = CURVES / 2 - THICKNESS;
        long most = Math.max(1, samples.stream().mapToLong(value).max().orElse(1));
        String points = samples.stream()
                .map(sample -> x(sample.at()) + ","
                        + decimal(top + height - (double) height * value.applyAsLong(sample) / most))
                .collect(Collectors.joining(" "));
        text(top + THICKNESS, name + ", up to " + most + " a look");
        shape("polyline", Map.of("points", points, "fill", "none", "stroke", colour));
    }

    private void bar(Tally.Event event, int y) throws XMLStreamException {
        double width = Math.max(2, WIDTH * share(event.to().minus(event.from())));
        shape(
                "rect",
                Map.of(
                        "x", x(event.from()),
                        "y", Integer.toString(y),
                        "width", decimal(width),
                        "height", Integer.toString(THICKNESS),
                        "fill", "#7f7f7f"));
    }

    private String x(Duration at) {
        return decimal(LABELS + WIDTH * share(at));
    }

    private double share(Duration part) {
        return (double) part.toMillis() / Math.max(1, length.toMillis());
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private void text(int y, String content) throws XMLStreamException {
        svg.writeStartElement("text");
        attributes(Map.of("x", "8", "y", Integer.toString(y)));
        svg.writeCharacters(content);
        svg.writeEndElement();
    }

    private void shape(String name, Map<String, String> attributes) throws XMLStreamException {
        svg.writeEmptyElement(name);
        attributes(attributes);
    }

    private void attributes(Map<String, String> attributes) throws XMLStreamException {
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            svg.writeAttribute(attribute.getKey(), attribute.getValue());
        }
    }
}
